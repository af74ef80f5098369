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
number = Comment
edited = edited
deleted = This comment was deleted.
writer = Author
answers = in answer to
original = Original
reply = Reply
reply-hint = Paste this address into the search of your own server and reply there:
sensitive = Sensitive picture
picture = picture
comment-address = Address of this comment
comments-older = Older comments
comments-newer = Newer comments
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
filtered = Filtered on this server, nothing is sent to others.
source = Source code
home = Home page
about = About
about-writers = Who writes here
about-comments = What becomes of your comment
about-comments-kept = A reply that reaches this blog is kept with its text, its address and its date, and with the name, picture and profile address that its author’s server gives out. It is shown here when it was public there and has passed the filter of this blog.
about-comments-gone = To have a comment removed, delete it on your own server: it then disappears here too. If you cannot, write to an account of this blog.
about-readers = If you only read
about-readers-text = These pages set no cookies and run no scripts. Pictures from other servers are shown as copies kept here, so that none of those servers learns who reads.
about-software = Software
about-software-text = This blog runs on free software under the GNU AGPL. You may read its source code, change it and use it yourself.
reference = Reference
error-bad = This request makes no sense here
error-bad-text = Something in the address or the form is not as it should be.
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
