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
number = Commentaire
edited = modifié
deleted = Ce commentaire a été supprimé.
writer = Auteur
answers = en réponse à
original = Original
reply = Répondre
reply-hint = Collez cette adresse dans la recherche de votre serveur et répondez-y :
sensitive = Image sensible
picture = image
comment-address = Adresse de ce commentaire
comments-older = Commentaires plus anciens
comments-newer = Commentaires plus récents
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
filtered = Filtré sur ce serveur, rien n’est transmis à d’autres.
source = Code source
home = Page d’accueil
about = À propos
about-writers = Qui écrit ici
about-comments = Ce que devient votre commentaire
about-comments-kept = Une réponse qui parvient à ce blog est conservée avec son texte, son adresse et sa date, ainsi qu’avec le nom, l’image et l’adresse de profil que communique le serveur de son auteur. Elle est affichée si elle y était publique et si elle a passé le filtre de ce blog.
about-comments-gone = Pour faire retirer un commentaire, supprimez-le sur votre propre serveur : il disparaîtra aussi d’ici. Si vous ne le pouvez pas, écrivez à un compte de ce blog.
about-readers = Si vous ne faites que lire
about-readers-text = Ces pages ne déposent aucun cookie et n’exécutent aucun script. Les images d’autres serveurs sont montrées par des copies gardées ici, afin qu’aucun de ces serveurs n’apprenne qui lit.
about-software = Logiciel
about-software-text = Ce blog fonctionne avec un logiciel libre sous licence GNU AGPL. Vous pouvez lire son code source, le modifier et l’utiliser vous-même.
reference = Référence
error-bad = Cette requête n’a pas de sens ici
error-bad-text = Quelque chose dans l’adresse ou le formulaire n’est pas correct.
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
    [one] { $count } favori
   *[other] { $count } favoris
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
