# English. The other files hold the same keys; a test watches over it.

skip = Skip to the text
feed = Feed
posts = Posts
no-posts = Nothing has been published here yet.
older = Older posts
newer = Newer posts
previous-post = Before this
next-post = After this
more-posts = More posts
updated = updated
tags = Tags
tag = Tag
reactions = Reactions
quoted = Quoted by
talked-about = Talked about at
discussion = Discussion
edited = edited
deleted = This comment was deleted.
writer = Author
answers = in answer to
original = Original
whole-comment = Read the whole comment
sensitive = Sensitive picture
picture = picture
comments-older = Comments before these
comments-newer = Comments after these
comments-feed = Feed of this discussion
closed = Comments are closed. Replies that arrive now are kept, but not shown.
join = Reply from your own server
join-text = This discussion is part of the open social web. You need no account here: reply from Mastodon, or from wherever yours is.
join-copy = Copy the address of this post.
join-search = Paste it into the search field of your server.
join-reply = Reply to the post you find there. Your reply appears here.
post-address = Address of this post
follow = Follow
follow-text = New posts come to your timeline when you follow this account:
account-address = Address of the account
filtered = Who may appear here is decided on this server; no filter elsewhere is asked.
source = Source code
home = Home page
about = About
about-writers = Who writes here
about-comments = What becomes of your comment
about-comments-kept = A reply that reaches this blog is kept with its text, its address and its date, and with the name, picture and profile address that its author’s server gives out. It is shown here when it was public there and its writers let it appear.
about-comments-gone = To have a comment removed, delete it on your own server: it then disappears here too. If you cannot, write to an account of this blog.
about-readers = If you only read
about-readers-text = These pages set no cookies, unless to remember what you choose under “Appearance and language”; your browser alone remembers the server that you name in a dialog. They run no scripts but this blog’s own; every page is whole without them. Pictures from other servers are shown as copies kept here, so that none of those servers learns who reads.
about-software = Software
about-software-text = This blog runs on free software under the GNU AGPL. You may read its source code, change it and use it yourself.
where-reply = Where is my reply?
where-reply-text = Paste the address of your post, as your own server shows it. It is looked for here and, if it never came, where it lives.
where-reply-address = Address of your reply
where-reply-look = Look for it
where-reply-slip = This is no web address. Write it whole, with https://.
fate-published = Your reply is here.
fate-private = Your reply is not public, so it is not shown here and not kept. Only public replies become comments.
fate-above-hidden = Your reply came, but what it answers may not be seen, so neither may it.
fate-held = Your reply came and waits for somebody who looks after this blog.
fate-held-all = Your reply came and waits for somebody who looks after this blog, as every reply does here.
fate-held-first = Your reply came and waits for somebody who looks after this blog, as everybody’s first reply does here.
fate-held-closed = Your reply came after comments were closed here. It is kept and waits for somebody who looks after this blog.
fate-removed = Your reply came and was removed, by the filter of this blog or by somebody who looks after it.
fate-deleted = Your reply was deleted by its author.
fate-waiting = Your reply came and waits for what it answers, which is not here yet. It appears by itself when that is found.
fate-blocked = This blog has nothing to do with that server.
fate-refused = A message about your reply came and was refused.
fate-ignored = This was taken notice of, but it is no comment here.
fate-accepted = This is no reply but something else that you did, and it was taken.
fate-unknown = Your reply never came here.
fate-own = This is an address of this blog. Your reply has an address of its own, on your server.
fate-read = Read it in its thread
fate-when = Noticed on
why-size = It is larger than a message may be.
why-busy = There was too much to do at that moment, here or on your server. Your server sends it again.
why-not-ours = It answers nothing of this blog.
why-no-comment = It is nothing that can stand as a comment.
why-unreachable = Its server could not be reached, or did not answer well. Try again in a while.
why-not-found = Its server does not show it: it is gone, or not public.
why-no-document = What stands at this address is no post of the social web.
why-not-author = It was sent by somebody else than its author.
why-nothing-to-do = There was nothing to do.
why-signature = The signature of the message was missing or wrong, so nobody could tell who sent it.
why-unreadable = The message could not be read.
reference = Reference
error-bad = This request makes no sense here
error-bad-text = Something in the address or the form is not as it should be.
error-method = This address cannot be used like that
error-method-text = It can be read, but a form or a program sent something there that it does not take.
error-forbidden = This page is not open to you
error-forbidden-text = If you have an account here, sign in and try again.
error-missing = There is nothing at this address
error-missing-text = The page may have moved, or the address has a slip in it.
error-gone = This page was taken down
error-gone-text = It was here once, and its author deleted it.
error-busy = Too many requests at once
error-busy-text = Wait a moment and try again.
error-broken = Something broke on our side
error-broken-text = It is not your fault. Try again in a while.
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date-form = %d %B %Y
date-time-form = %d %B %Y, %R UTC

completeness = At least { $count } known, { $here } here
missing-private = { $count } not public
missing-blocked = { $count } on blocked servers
missing-unreachable = { $count } on servers that do not answer
missing-pending = { $count } being fetched
look-again = Look for missing replies
queue = Queue
queue-deliveries = Deliveries
queue-waiting = { $count } waiting
queue-retrying = { $count } to be tried again
queue-dead = { $count } given up
queue-threads = Threads read from other servers
queue-no-threads = No thread is being completed just now.
queue-per-thread = At most { $count } requests an hour for one thread.
queue-post = Post
queue-next = Next reading
queue-last = Last reading
queue-spent = Requests this hour
queue-hosts = Servers that are asked
queue-no-hosts = No server is being asked just now.
queue-per-host = At most { $count } documents an hour from one server.
queue-host = Server
queue-wanted = Replies looked for
thoughts = { $count ->
    [0] No thoughts yet on “{ $name }”
    [one] One thought on “{ $name }”
   *[other] { $count } thoughts on “{ $name }”
}
comments = { $count ->
    [0] No comments yet
    [one] One comment
   *[other] { $count } comments
}
likes = { $count ->
    [one] One like
   *[other] { $count } likes
}
boosts = { $count ->
    [one] One boost
   *[other] { $count } boosts
}
dislikes = { $count ->
    [one] One dislike
   *[other] { $count } dislikes
}
followers = { $count ->
    [one] One follower
   *[other] { $count } followers
}
continue = { $count ->
    [one] Continue this thread (one more)
   *[other] Continue this thread ({ $count } more)
}
comment-by = Comment by { $name }
comments-on = Comments on “{ $name }”
posts-tagged = Posts tagged { $name }
more-faces = and { $count } more

# How one reads
language-name = English
first-of-month = 1
menu = Menu
contents = Contents
reading-time = { $count ->
    [one] One minute to read
   *[other] { $count } minutes to read
}
preferences = Appearance and language
preferences-text = What you choose is kept in your browser alone, in two cookies of this blog.
preferences-keep = Save
theme = Colours
theme-system = As my system says
theme-light = Light
theme-dark = Dark
theme-contrast = High contrast
language = Language of menus and dates
language-auto = As my browser asks
# Pages
archive = Archive
category = Category
filed-under = Filed under
series = Series
related = Related posts
first-parts = First parts
more-parts = More parts
parts = { $count ->
    [one] one part
   *[other] { $count } parts
}
posts-count = { $count ->
    [one] One post
   *[other] { $count } posts
}
followers-of = Followers of { $name }
no-followers = Nobody follows yet.
more-followers = More followers
older-followers = Earlier followers
newest-followers = Newest followers
# Search
comment = Comment
search = Search
search-for = Words in posts and comments
search-look = Search
search-found = Found
search-none = Nothing was found.
search-more = More results
search-hints = How to search
search-hint-phrase = around words that stand together
search-hint-without = before what must not be there
search-hint-star = behind the beginning of a word
search-hint-filter = followed by a tag, or by who wrote it
search-hint-date = from then on, or before then: a year, a month or a day
search-who = Comments are found only when their authors allow it on their own servers.
search-long = This is too long to be looked for.
search-many = These are too many words at once.
search-quote = A quotation mark is not closed: write a second one behind the words.
search-nothing = “{ $name }” has neither letters nor digits.
search-only = Say also what to look for, not only what not.
search-empty = { $name } needs something behind it.
search-date = “{ $name }” is no date. Write 2026, 2026-03 or 2026-03-01.
search-tag = “{ $name }” is no tag.
search-author = “{ $name }” is nobody’s name. Write alice or @alice@blog.example.
search-short = “{ $name }” is too short: a beginning of a word has two letters at least.
# Discussion.
act-from-yours = From your own server
act-follow = Follow
act-reply = Reply
act-like = Like
act-boost = Boost
answers-to = to
answers-count = { $count ->
    [one] One answer
   *[other] { $count } answers
}
back-to-all = { $count ->
    [one] The one comment on “{ $name }”
   *[other] All { $count } comments on “{ $name }”
}
this-thread = This thread
further-up = Further up in this thread
order = Order of the comments
order-oldest = Oldest first
order-newest = Newest first
order-discussed = Most discussed
live-one = One new comment
live-many = % new comments
live-elsewhere = The new comments are on another page
live-shown = Show the first new comment
interact-follow = Follow from your own server
interact-reply = Reply from your own server
interact-like = Like from your own server
interact-boost = Boost from your own server
interact-text = You need no account here. Say where yours is; this site asks your server for the way and shows it to you.
interact-server = Your handle or your server
interact-find = Find the way
interact-copy = Or paste this address into the search of your server:
copy = Copy
copied = Copied
close = Close
way-go = Continue at { $name }
way-guess = { $name } does not say where its way is; most servers have it there. If that leads nowhere, use the address below.
way-elsewhere = Take care: your server sends you on to another site, { $name }. Go on only if you know it.
way-unreadable = This is neither a handle nor a server. Write @you@server.example or server.example.
way-own = This is the site you are on. Write the server where your account is.
way-blocked = This site does not talk to that server.
way-unreachable = That server does not answer as it should. Check the spelling, or copy the address below.
way-unknown-person = That server knows nobody of this name. Check the spelling, or write only the server.
way-busy = Too much is being looked up just now. Try again in a moment.
visit = From another site
visit-text = What another site asks you to follow, answer, like or boost.
visit-address = Address or handle
visit-reply = Your answer (Markdown)
visit-unreadable = Write the whole address of something on another server, or a handle.
visit-unreachable = Nothing that can be followed or answered was found there.
done-follow = The request to follow is on its way.
done-reply = Your answer is on its way.
done-like = Your like is on its way.
done-boost = Your boost is on its way.
share = Share in a post
share-text = This makes a draft; nothing is published.
share-title = Title
share-content = Text (Markdown)
share-save = Save as a draft
share-saved = The draft is saved. Its number:
