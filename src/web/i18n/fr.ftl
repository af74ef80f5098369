# French.

skip = Aller au texte
feed = Flux
posts = Articles
no-posts = Rien n’a encore été publié ici.
older = Articles plus anciens
newer = Articles plus récents
previous-post = Avant celui-ci
next-post = Après celui-ci
more-posts = Autres articles
updated = mis à jour le
tags = Mots-clés
tag = Mot-clé
reactions = Réactions
quoted = Cité par
talked-about = On en parle sur
discussion = Discussion
edited = modifié
deleted = Ce commentaire a été supprimé.
writer = Auteur
answers = en réponse à
original = Original
whole-comment = Lire tout le commentaire
sensitive = Image sensible
picture = image
comments-older = Commentaires précédents
comments-newer = Commentaires suivants
comments-feed = Flux de cette discussion
closed = Les commentaires sont fermés. Les réponses qui arrivent encore sont conservées sans être affichées.
join = Répondre depuis votre serveur
join-text = Cette discussion fait partie du web social ouvert. Inutile d’avoir un compte ici : répondez depuis Mastodon, ou de là où vous avez le vôtre.
join-copy = Copiez l’adresse de cet article.
join-search = Collez-la dans le champ de recherche de votre serveur.
join-reply = Répondez à l’article trouvé. Votre réponse apparaîtra ici.
post-address = Adresse de cet article
follow = Suivre
follow-text = Suivez ce compte pour recevoir les nouveaux articles dans votre fil :
account-address = Adresse du compte
filtered = Ce qui paraît ici se décide sur ce serveur ; aucun filtre extérieur n’est consulté.
source = Code source
home = Page d’accueil
about = À propos
about-writers = Qui écrit ici
about-comments = Ce que devient votre commentaire
about-comments-kept = Une réponse qui parvient à ce blog est conservée avec son texte, son adresse et sa date, ainsi qu’avec le nom, l’image et l’adresse de profil que communique le serveur de son auteur. Elle est affichée si elle y était publique et si ce blog la laisse paraître.
about-comments-gone = Pour faire retirer un commentaire, supprimez-le sur votre propre serveur : il disparaîtra aussi d’ici. Si vous ne le pouvez pas, écrivez à un compte de ce blog.
about-readers = Si vous ne faites que lire
about-readers-text = Ces pages ne déposent aucun cookie, sauf pour se souvenir de ce que vous choisissez sous « Apparence et langue » ; seul votre navigateur retient le serveur que vous indiquez dans un dialogue. Elles n’exécutent que les scripts de ce blog ; chaque page est complète sans eux. Les images d’autres serveurs sont montrées par des copies gardées ici, afin qu’aucun de ces serveurs n’apprenne qui lit.
about-software = Logiciel
about-software-text = Ce blog fonctionne avec un logiciel libre sous licence GNU AGPL. Vous pouvez lire son code source, le modifier et l’utiliser vous-même.
where-reply = Où est ma réponse ?
where-reply-text = Collez l’adresse de votre message, telle que votre serveur la montre. On le cherche ici et, s’il n’est jamais arrivé, là où il se trouve.
where-reply-address = Adresse de votre réponse
where-reply-look = Chercher
where-reply-slip = Ce n’est pas une adresse web. Écrivez-la en entier, avec https://.
fate-published = Votre réponse est ici.
fate-private = Votre réponse n’est pas publique : elle n’est ni montrée ni gardée ici. Seules les réponses publiques deviennent des commentaires.
fate-above-hidden = Votre réponse est arrivée, mais ce à quoi elle répond ne peut pas être vu, donc elle non plus.
fate-held = Votre réponse est arrivée et attend quelqu’un qui s’occupe de ce blog.
fate-held-all = Votre réponse est arrivée et attend, comme toutes ici, quelqu’un qui s’occupe de ce blog.
fate-held-first = Votre réponse est arrivée et attend, comme ici la première de chacun, quelqu’un qui s’occupe de ce blog.
fate-held-closed = Votre réponse est arrivée après la fermeture des commentaires. Elle est conservée et attend quelqu’un qui s’occupe de ce blog.
fate-removed = Votre réponse est arrivée et a été retirée, par le filtre de ce blog ou par quelqu’un qui s’en occupe.
fate-deleted = Votre réponse a été supprimée par son auteur.
fate-waiting = Votre réponse est arrivée et attend ce à quoi elle répond, qui n’est pas encore ici. Elle apparaîtra d’elle-même quand ce sera trouvé.
fate-blocked = Ce blog n’a pas affaire à ce serveur.
fate-refused = Un message au sujet de votre réponse est arrivé et a été refusé.
fate-ignored = On en a pris note, mais ce n’est pas un commentaire ici.
fate-accepted = Ce n’est pas une réponse mais autre chose que vous avez fait, et cela a été pris en compte.
fate-unknown = Votre réponse n’est jamais arrivée ici.
fate-own = C’est une adresse de ce blog. Votre réponse a la sienne, sur votre serveur.
fate-read = La lire dans la discussion
fate-when = Remarquée le
why-size = Elle est plus grande qu’un message ne peut l’être.
why-busy = Il y avait trop à faire à ce moment, ici ou sur votre serveur. Votre serveur l’enverra de nouveau.
why-not-ours = Elle ne répond à rien de ce blog.
why-no-comment = Ce n’est rien qui puisse être un commentaire.
why-unreachable = Son serveur n’a pas pu être joint, ou a mal répondu. Réessayez dans un moment.
why-not-found = Son serveur ne la montre pas : elle a disparu, ou n’est pas publique.
why-no-document = Ce qui se trouve à cette adresse n’est pas un message du web social.
why-not-author = Elle a été envoyée par quelqu’un d’autre que son auteur.
why-nothing-to-do = Il n’y avait rien à faire.
why-signature = La signature du message manquait ou était fausse : personne ne pouvait dire de qui il venait.
why-unreadable = Le message était illisible.
reference = Référence
error-bad = Cette requête n’a pas de sens ici
error-bad-text = Quelque chose dans l’adresse ou le formulaire n’est pas correct.
error-method = Cette adresse ne s’utilise pas ainsi
error-method-text = Elle se lit, mais un formulaire ou un programme y a envoyé quelque chose qu’elle n’accepte pas.
error-forbidden = Cette page ne vous est pas ouverte
error-forbidden-text = Si vous avez un compte ici, connectez-vous et réessayez.
error-missing = Il n’y a rien à cette adresse
error-missing-text = La page a peut-être été déplacée, ou l’adresse contient une erreur.
error-gone = Cette page a été retirée
error-gone-text = Elle était ici, et son auteur l’a supprimée.
error-busy = Trop de requêtes à la fois
error-busy-text = Attendez un instant et réessayez.
error-broken = Quelque chose s’est cassé de notre côté
error-broken-text = Vous n’y êtes pour rien. Réessayez dans un moment.
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
date-form = %d %B %Y
date-time-form = %d %B %Y à %R UTC

completeness = Au moins { $count } connues, { $here } ici
missing-private = { $count } non publiques
missing-blocked = { $count } sur des serveurs bloqués
missing-unreachable = { $count } sur des serveurs qui ne répondent pas
missing-pending = { $count } en cours de récupération
look-again = Chercher les réponses manquantes
queue = File d’attente
queue-deliveries = Envois
queue-waiting = { $count } en attente
queue-retrying = { $count } à réessayer
queue-dead = { $count } abandonnés
queue-threads = Fils lus sur d’autres serveurs
queue-no-threads = Aucun fil n’est complété en ce moment.
queue-per-thread = Au plus { $count } requêtes par heure pour un fil.
queue-post = Article
queue-next = Prochaine lecture
queue-last = Dernière lecture
queue-spent = Requêtes de cette heure
queue-hosts = Serveurs interrogés
queue-no-hosts = Aucun serveur n’est interrogé en ce moment.
queue-per-host = Au plus { $count } documents par heure d’un serveur.
queue-host = Serveur
queue-wanted = Réponses recherchées
thoughts = { $count ->
    [0] Aucune réflexion pour l’instant sur « { $name } »
    [one] Une réflexion sur « { $name } »
   *[other] { $count } réflexions sur « { $name } »
}
comments = { $count ->
    [0] Pas encore de commentaire
    [one] Un commentaire
   *[other] { $count } commentaires
}
likes = { $count ->
    [one] { $count } « J’aime »
   *[other] { $count } « J’aime »
}
boosts = { $count ->
    [one] { $count } partage
   *[other] { $count } partages
}
dislikes = { $count ->
    [one] { $count } avis négatif
   *[other] { $count } avis négatifs
}
followers = { $count ->
    [one] { $count } abonné
   *[other] { $count } abonnés
}
continue = { $count ->
    [one] Suivre ce fil (encore { $count })
   *[other] Suivre ce fil (encore { $count })
}
comment-by = Commentaire de { $name }
comments-on = Commentaires sur « { $name } »
posts-tagged = Articles avec le mot-clé { $name }
more-faces = et { $count } de plus

# How one reads
language-name = Français
first-of-month = 1er
menu = Menu
contents = Sommaire
reading-time = { $count ->
    [one] { $count } minute de lecture
   *[other] { $count } minutes de lecture
}
preferences = Apparence et langue
preferences-text = Votre choix reste dans votre seul navigateur, dans deux cookies de ce blog.
preferences-keep = Enregistrer
theme = Couleurs
theme-system = Comme mon système
theme-light = Claires
theme-dark = Sombres
theme-contrast = Contraste élevé
language = Langue des menus et des dates
language-auto = Celle que demande mon navigateur
# Pages
archive = Archives
category = Catégorie
filed-under = Classé dans
series = Série
related = Articles similaires
first-parts = Premières parties
more-parts = Parties suivantes
parts = { $count ->
    [one] une partie
   *[other] { $count } parties
}
posts-count = { $count ->
    [one] Un article
   *[other] { $count } articles
}
followers-of = Abonnés de { $name }
no-followers = Personne ne suit encore.
more-followers = Autres abonnés
older-followers = Abonnés plus anciens
newest-followers = Derniers abonnés
# Search
comment = Commentaire
search = Recherche
search-for = Mots dans les articles et les commentaires
search-look = Chercher
search-found = Trouvé
search-none = Rien n’a été trouvé.
search-more = Plus de résultats
search-hints = Comment chercher
search-hint-phrase = autour de mots qui se suivent
search-hint-without = devant ce qui ne doit pas s’y trouver
search-hint-star = après le début d’un mot
search-hint-filter = suivi d’une étiquette, ou de qui l’a écrit
search-hint-date = à partir de ce moment, ou avant : une année, un mois ou un jour
search-who = Les commentaires ne sont trouvés que si leurs auteurs le permettent sur leur propre serveur.
search-long = C’est trop long pour une recherche.
search-many = Cela fait trop de mots à la fois.
search-quote = Un guillemet n’est pas fermé : ajoutez-en un second après les mots.
search-nothing = « { $name } » n’a ni lettres ni chiffres.
search-only = Dites aussi ce qu’il faut chercher, pas seulement ce qu’il ne faut pas.
search-empty = Il manque quelque chose après { $name }.
search-date = « { $name } » n’est pas une date. Écrivez 2026, 2026-03 ou 2026-03-01.
search-tag = « { $name } » n’est pas une étiquette.
search-author = « { $name } » n’est le nom de personne. Écrivez alice ou @alice@blog.example.
search-short = « { $name } » est trop court : un début de mot a au moins deux lettres.
# Discussion.
act-from-yours = Depuis votre serveur
act-follow = Suivre
act-reply = Répondre
act-like = J’aime
act-boost = Partager
answers-to = à
answers-count = { $count ->
    [one] Une réponse
   *[other] { $count } réponses
}
back-to-all = { $count ->
    [one] Le seul commentaire sur « { $name } »
   *[other] Les { $count } commentaires sur « { $name } »
}
this-thread = Ce fil
further-up = Plus haut dans ce fil
order = Ordre des commentaires
order-oldest = Les plus anciens d’abord
order-newest = Les plus récents d’abord
order-discussed = Les plus discutés
live-one = Un nouveau commentaire
live-many = % nouveaux commentaires
live-elsewhere = Les nouveaux commentaires sont sur une autre page
live-shown = Aller au premier nouveau commentaire
interact-follow = Suivre depuis votre serveur
interact-reply = Répondre depuis votre serveur
interact-like = Aimer depuis votre serveur
interact-boost = Partager depuis votre serveur
interact-text = Aucun compte n’est nécessaire ici. Dites où est le vôtre : ce site demande le chemin à votre serveur et vous le montre.
interact-server = Votre identifiant ou votre serveur
interact-find = Trouver le chemin
interact-copy = Ou collez cette adresse dans la recherche de votre serveur :
copy = Copier
copied = Copié
close = Fermer
way-go = Continuer sur { $name }
way-guess = { $name } ne dit pas où est son chemin ; chez la plupart des serveurs, c’est là. S’il ne mène nulle part, utilisez l’adresse ci-dessous.
way-elsewhere = Attention : votre serveur vous envoie vers un autre site, { $name }. Ne continuez que si vous le connaissez.
way-unreadable = Ce n’est ni un identifiant ni un serveur. Écrivez @vous@serveur.example ou serveur.example.
way-own = C’est le site où vous êtes. Écrivez le serveur de votre compte.
way-blocked = Ce site ne parle pas à ce serveur.
way-unreachable = Ce serveur ne répond pas comme il le devrait. Vérifiez l’orthographe ou copiez l’adresse ci-dessous.
way-unknown-person = Ce serveur ne connaît personne de ce nom. Vérifiez l’orthographe ou n’écrivez que le serveur.
way-busy = Trop de recherches en ce moment. Réessayez dans un instant.
visit = Depuis un autre site
visit-text = Ce qu’un autre site vous propose de suivre, d’aimer, de partager, ou auquel répondre.
visit-address = Adresse ou identifiant
visit-reply = Votre réponse (Markdown)
visit-unreadable = Écrivez l’adresse entière de quelque chose sur un autre serveur, ou un identifiant.
visit-unreachable = Rien à suivre et rien à quoi répondre n’a été trouvé là.
done-follow = La demande d’abonnement est partie.
done-reply = Votre réponse est partie.
done-like = Votre « j’aime » est parti.
done-boost = Votre partage est parti.
share = Partager dans un article
share-text = Ceci crée un brouillon ; rien n’est publié.
share-title = Titre
share-content = Texte (Markdown)
share-save = Enregistrer comme brouillon
share-saved = Le brouillon est enregistré. Son numéro :
