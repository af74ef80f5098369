# German.

skip = Zum Text springen
feed = Feed
posts = Beiträge
no-posts = Hier ist noch nichts erschienen.
older = Ältere Beiträge
newer = Neuere Beiträge
previous-post = Davor
next-post = Danach
more-posts = Weitere Beiträge
updated = aktualisiert
tags = Schlagwörter
tag = Schlagwort
reactions = Reaktionen
quoted = Zitiert von
talked-about = Darüber gesprochen bei
discussion = Diskussion
edited = bearbeitet
deleted = Dieser Kommentar wurde gelöscht.
writer = Autor*in
answers = antwortet auf
original = Original
whole-comment = Den ganzen Kommentar lesen
sensitive = Heikles Bild
picture = Bild
comments-older = Vorige Kommentare
comments-newer = Weitere Kommentare
comments-feed = Feed dieser Diskussion
closed = Die Kommentare sind geschlossen. Antworten, die jetzt eintreffen, werden aufbewahrt, aber nicht gezeigt.
join = Vom eigenen Server aus antworten
join-text = Diese Diskussion gehört zum offenen sozialen Netz. Ein Konto hier ist nicht nötig: Antworte von Mastodon oder von dort, wo du deines hast.
join-copy = Die Adresse dieses Beitrags kopieren.
join-search = Sie in das Suchfeld des eigenen Servers einfügen.
join-reply = Auf den gefundenen Beitrag antworten. Die Antwort erscheint hier.
post-address = Adresse dieses Beitrags
follow = Folgen
follow-text = Neue Beiträge kommen in deine Timeline, wenn du diesem Konto folgst:
account-address = Adresse des Kontos
filtered = Was hier erscheint, entscheidet dieser Server; kein fremder Filter wird gefragt.
source = Quelltext
home = Startseite
about = Über dieses Blog
about-writers = Wer hier schreibt
about-comments = Was mit deinem Kommentar geschieht
about-comments-kept = Eine Antwort, die dieses Blog erreicht, wird mit ihrem Text, ihrer Adresse und ihrem Datum aufbewahrt, dazu Name, Bild und Profiladresse, wie der Server der Verfasserin oder des Verfassers sie nennt. Gezeigt wird sie, wenn sie dort öffentlich war und wenn dieses Blog sie erscheinen lässt.
about-comments-gone = Soll ein Kommentar verschwinden, lösche ihn auf deinem eigenen Server: Dann wird er auch hier gelöscht. Geht das nicht, schreibe einem Konto dieses Blogs.
about-readers = Wenn du nur liest
about-readers-text = Diese Seiten setzen keine Cookies, es sei denn, um sich zu merken, was du unter „Aussehen und Sprache“ wählst; den Server, den du in einem Dialog nennst, merkt sich allein dein Browser. Sie führen nur Skripte dieses Blogs aus; jede Seite ist ohne sie vollständig. Bilder von anderen Servern werden als hier aufbewahrte Kopien gezeigt, damit keiner dieser Server erfährt, wer liest.
about-software = Software
about-software-text = Dieses Blog läuft mit freier Software unter der GNU AGPL. Ihren Quelltext darfst du lesen, ändern und selbst verwenden.
where-reply = Wo ist meine Antwort?
where-reply-text = Füge die Adresse deines Beitrags ein, wie dein eigener Server sie zeigt. Er wird hier gesucht und, wenn er nie ankam, dort, wo er liegt.
where-reply-address = Adresse deiner Antwort
where-reply-look = Suchen
where-reply-slip = Das ist keine Webadresse. Schreibe sie ganz, mit https://.
fate-published = Deine Antwort ist hier.
fate-private = Deine Antwort ist nicht öffentlich; sie wird hier nicht gezeigt und nicht behalten. Nur öffentliche Antworten werden Kommentare.
fate-above-hidden = Deine Antwort ist angekommen, aber worauf sie antwortet, darf man nicht sehen, also auch sie nicht.
fate-held = Deine Antwort ist angekommen und wartet auf jemanden, der sich um dieses Blog kümmert.
fate-held-all = Deine Antwort ist angekommen und wartet, wie hier jede, auf jemanden, der sich um dieses Blog kümmert.
fate-held-first = Deine Antwort ist angekommen und wartet, wie hier jede erste, auf jemanden, der sich um dieses Blog kümmert.
fate-held-closed = Deine Antwort kam, als die Kommentare hier geschlossen waren. Sie ist aufgehoben und wartet auf jemanden, der dieses Blog betreut.
fate-removed = Deine Antwort ist angekommen und wurde entfernt, vom Filter dieses Blogs oder von jemandem, der sich darum kümmert.
fate-deleted = Deine Antwort wurde von ihrem Verfasser gelöscht.
fate-waiting = Deine Antwort ist angekommen und wartet auf das, worauf sie antwortet und was noch nicht hier ist. Sie erscheint von selbst, wenn es gefunden ist.
fate-blocked = Mit jenem Server hat dieses Blog nichts zu tun.
fate-refused = Eine Nachricht über deine Antwort kam an und wurde abgewiesen.
fate-ignored = Das wurde zur Kenntnis genommen, ist hier aber kein Kommentar.
fate-accepted = Das ist keine Antwort, sondern etwas anderes, das du getan hast, und es wurde angenommen.
fate-unknown = Deine Antwort ist hier nie angekommen.
fate-own = Das ist eine Adresse dieses Blogs. Deine Antwort hat eine eigene, auf deinem Server.
fate-read = Im Gespräch lesen
fate-when = Bemerkt am
why-size = Sie ist größer, als eine Nachricht sein darf.
why-busy = In dem Augenblick war zu viel zu tun, hier oder auf deinem Server. Dein Server schickt sie noch einmal.
why-not-ours = Sie antwortet auf nichts in diesem Blog.
why-no-comment = Es ist nichts, was als Kommentar stehen kann.
why-unreachable = Ihr Server war nicht zu erreichen oder antwortete nicht richtig. Versuche es später noch einmal.
why-not-found = Ihr Server zeigt sie nicht: sie ist fort oder nicht öffentlich.
why-no-document = Was an dieser Adresse steht, ist kein Beitrag des sozialen Webs.
why-not-author = Jemand anderes als der Verfasser hat sie geschickt.
why-nothing-to-do = Es war nichts zu tun.
why-signature = Die Unterschrift der Nachricht fehlte oder war falsch; niemand konnte sagen, von wem sie kam.
why-unreadable = Die Nachricht war nicht zu lesen.
reference = Kennung
error-bad = Diese Anfrage ergibt hier keinen Sinn
error-bad-text = Etwas in der Adresse oder im Formular ist nicht, wie es sein soll.
error-method = So lässt sich diese Adresse nicht benutzen
error-method-text = Sie lässt sich lesen, aber ein Formular oder Programm hat etwas dorthin geschickt, das sie nicht annimmt.
error-forbidden = Diese Seite steht dir nicht offen
error-forbidden-text = Wenn du hier ein Konto hast, melde dich an und versuche es noch einmal.
error-missing = Unter dieser Adresse steht nichts
error-missing-text = Vielleicht ist die Seite umgezogen, oder die Adresse enthält einen Tippfehler.
error-gone = Diese Seite wurde zurückgezogen
error-gone-text = Sie stand einmal hier und wurde gelöscht.
error-busy = Zu viele Anfragen auf einmal
error-busy-text = Warte einen Augenblick und versuche es noch einmal.
error-broken = Bei uns ist etwas kaputtgegangen
error-broken-text = Es liegt nicht an dir. Versuche es später noch einmal.
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
date-form = %d. %B %Y
date-time-form = %d. %B %Y, %R UTC

completeness = Mindestens { $count } bekannt, { $here } hier
missing-private = { $count } nicht öffentlich
missing-blocked = { $count } auf gesperrten Servern
missing-unreachable = { $count } auf Servern, die nicht antworten
missing-pending = { $count } werden geholt
look-again = Nach fehlenden Antworten suchen
queue = Warteschlange
queue-deliveries = Zustellungen
queue-waiting = { $count } warten
queue-retrying = { $count } werden wieder versucht
queue-dead = { $count } aufgegeben
queue-threads = Gespräche, die bei anderen Servern gelesen werden
queue-no-threads = Gerade wird kein Gespräch vervollständigt.
queue-per-thread = Höchstens { $count } Anfragen in der Stunde für ein Gespräch.
queue-post = Beitrag
queue-next = Nächstes Lesen
queue-last = Letztes Lesen
queue-spent = Anfragen in dieser Stunde
queue-hosts = Server, die gefragt werden
queue-no-hosts = Gerade wird kein Server gefragt.
queue-per-host = Höchstens { $count } Dokumente in der Stunde von einem Server.
queue-host = Server
queue-wanted = Gesuchte Antworten
thoughts = { $count ->
    [0] Noch keine Gedanken zu „{ $name }“
    [one] Ein Gedanke zu „{ $name }“
   *[other] { $count } Gedanken zu „{ $name }“
}
comments = { $count ->
    [0] Noch keine Kommentare
    [one] Ein Kommentar
   *[other] { $count } Kommentare
}
likes = { $count ->
    [one] Gefällt einmal
   *[other] Gefällt { $count }-mal
}
boosts = { $count ->
    [one] Einmal geteilt
   *[other] { $count }-mal geteilt
}
dislikes = { $count ->
    [one] Gefällt einmal nicht
   *[other] Gefällt { $count }-mal nicht
}
followers = { $count ->
    [one] Ein Follower
   *[other] { $count } Follower
}
continue = { $count ->
    [one] Diesen Faden weiterlesen (noch einer)
   *[other] Diesen Faden weiterlesen (noch { $count })
}
comment-by = Kommentar von { $name }
comments-on = Kommentare zu „{ $name }“
posts-tagged = Beiträge zum Schlagwort { $name }
more-faces = und { $count } weitere

# How one reads
language-name = Deutsch
first-of-month = 1
menu = Menü
contents = Inhalt
reading-time = { $count ->
    [one] Eine Minute Lesezeit
   *[other] { $count } Minuten Lesezeit
}
preferences = Aussehen und Sprache
preferences-text = Was du wählst, bleibt allein in deinem Browser, in zwei Cookies dieses Blogs.
preferences-keep = Speichern
theme = Farben
theme-system = Wie mein System
theme-light = Hell
theme-dark = Dunkel
theme-contrast = Hoher Kontrast
language = Sprache von Menüs und Datumsangaben
language-auto = Wie mein Browser wünscht
# Pages
archive = Archiv
category = Kategorie
filed-under = Abgelegt unter
series = Reihe
related = Ähnliche Beiträge
first-parts = Erste Teile
more-parts = Weitere Teile
parts = { $count ->
    [one] ein Teil
   *[other] { $count } Teile
}
posts-count = { $count ->
    [one] Ein Beitrag
   *[other] { $count } Beiträge
}
followers-of = Wer { $name } folgt
no-followers = Noch folgt niemand.
more-followers = Weitere Folgende
older-followers = Frühere Folgende
newest-followers = Neueste Folgende
# Search
comment = Kommentar
search = Suche
search-for = Wörter in Beiträgen und Kommentaren
search-look = Suchen
search-found = Gefunden
search-none = Nichts gefunden.
search-more = Weitere Treffer
search-hints = So wird gesucht
search-hint-phrase = um Wörter, die nebeneinander stehen
search-hint-without = vor dem, was nicht vorkommen darf
search-hint-star = hinter dem Anfang eines Wortes
search-hint-filter = mit einem Schlagwort oder dem, der es schrieb
search-hint-date = von da an oder davor: ein Jahr, ein Monat oder ein Tag
search-who = Kommentare werden nur gefunden, wenn ihre Verfasser das auf ihrem eigenen Server erlauben.
search-long = Das ist zu lang für eine Suche.
search-many = Das sind zu viele Wörter auf einmal.
search-quote = Ein Anführungszeichen ist nicht geschlossen: Setze hinter die Wörter ein zweites.
search-nothing = „{ $name }“ hat weder Buchstaben noch Ziffern.
search-only = Es fehlt, wonach gesucht wird, nicht nur, wonach nicht.
search-empty = Hinter { $name } fehlt etwas.
search-date = „{ $name }“ ist kein Datum. Richtig ist 2026, 2026-03 oder 2026-03-01.
search-tag = „{ $name }“ ist kein Schlagwort.
search-author = „{ $name }“ ist kein Name. Richtig ist alice oder @alice@blog.example.
search-short = „{ $name }“ ist zu kurz: Ein Wortanfang hat mindestens zwei Buchstaben.
# Discussion.
act-from-yours = Vom eigenen Server aus
act-follow = Folgen
act-reply = Antworten
act-like = Gefällt mir
act-boost = Teilen
answers-to = auf
answers-count = { $count ->
    [one] Eine Antwort
   *[other] { $count } Antworten
}
back-to-all = { $count ->
    [one] Der eine Kommentar zu „{ $name }“
   *[other] Alle { $count } Kommentare zu „{ $name }“
}
this-thread = Dieser Strang
further-up = Weiter oben in diesem Strang
order = Reihenfolge der Kommentare
order-oldest = Älteste zuerst
order-newest = Neueste zuerst
order-discussed = Meistdiskutierte
live-one = Ein neuer Kommentar
live-many = % neue Kommentare
live-elsewhere = Die neuen Kommentare stehen auf einer anderen Seite
live-shown = Zum ersten neuen Kommentar
interact-follow = Vom eigenen Server aus folgen
interact-reply = Vom eigenen Server aus antworten
interact-like = Vom eigenen Server aus „Gefällt mir“ sagen
interact-boost = Vom eigenen Server aus teilen
interact-text = Ein Konto hier ist nicht nötig. Sag, wo deines ist; diese Seite fragt deinen Server nach dem Weg und zeigt ihn dir.
interact-server = Dein Profilname oder dein Server
interact-find = Weg suchen
interact-copy = Oder füge diese Adresse in die Suche deines Servers ein:
copy = Kopieren
copied = Kopiert
close = Schließen
way-go = Weiter bei { $name }
way-guess = { $name } sagt nicht, wo sein Weg ist; die meisten Server haben ihn dort. Führt er ins Leere, nimm die Adresse unten.
way-elsewhere = Vorsicht: Dein Server schickt dich auf eine andere Seite, { $name }. Geh nur weiter, wenn du sie kennst.
way-unreadable = Das ist weder ein Profilname noch ein Server. Schreibe @du@server.example oder server.example.
way-own = Das ist die Seite, auf der du bist. Schreibe den Server, auf dem dein Konto ist.
way-blocked = Diese Seite spricht nicht mit jenem Server.
way-unreachable = Dieser Server antwortet nicht, wie er sollte. Prüfe die Schreibweise oder kopiere die Adresse unten.
way-unknown-person = Dieser Server kennt niemanden dieses Namens. Prüfe die Schreibweise oder schreibe nur den Server.
way-busy = Gerade wird zu viel nachgeschlagen. Versuche es gleich noch einmal.
visit = Von einer anderen Seite
visit-text = Eine andere Seite bittet dich, hier zu folgen, zu antworten, „Gefällt mir“ zu sagen oder zu teilen.
visit-address = Adresse oder Profilname
visit-reply = Deine Antwort (Markdown)
visit-unreadable = Schreibe die ganze Adresse von etwas auf einem anderen Server oder einen Profilnamen.
visit-unreachable = Dort war nichts zu finden, dem man folgen oder antworten kann.
done-follow = Die Bitte, folgen zu dürfen, ist unterwegs.
done-reply = Deine Antwort ist unterwegs.
done-like = Dein „Gefällt mir“ ist unterwegs.
done-boost = Dein Teilen ist unterwegs.
share = In einem Beitrag teilen
share-text = Hier entsteht ein Entwurf; veröffentlicht wird nichts.
share-title = Titel
share-content = Text (Markdown)
share-save = Als Entwurf speichern
share-saved = Der Entwurf ist gespeichert. Seine Nummer:
