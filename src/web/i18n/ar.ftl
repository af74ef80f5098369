# Arabic.

skip = انتقل إلى النص
feed = الخلاصة
posts = المقالات
no-posts = لم يُنشر شيء هنا بعد.
older = مقالات أقدم
newer = مقالات أحدث
previous-post = قبل هذا المقال
next-post = بعد هذا المقال
more-posts = مقالات أخرى
updated = حُدِّث في
tags = الوسوم
tag = وسم
reactions = التفاعلات
quoted = اقتبسه
talked-about = يدور الحديث عنه في
discussion = النقاش
edited = مُعدَّل
deleted = حُذف هذا التعليق.
writer = الكاتب
answers = ردًّا على
original = الأصل
whole-comment = اقرأ التعليق كاملًا
sensitive = صورة حساسة
picture = صورة
comments-older = تعليقات أقدم
comments-newer = تعليقات أحدث
comments-feed = خلاصة هذا النقاش
closed = أُغلقت التعليقات. تُحفظ الردود التي تصل الآن ولا تُعرض.
join = ردّ من خادمك
join-text = هذا النقاش جزء من الويب الاجتماعي المفتوح. لا تحتاج إلى حساب هنا: ردّ من ماستودون أو من أي خادم يوجد عليه حسابك.
join-copy = انسخ عنوان هذا المقال.
join-search = الصقه في خانة البحث على خادمك.
join-reply = ردّ على المقال الذي تجده هناك، وسيظهر ردّك هنا.
post-address = عنوان هذا المقال
follow = متابعة
follow-text = تصل المقالات الجديدة إلى خطك الزمني عندما تتابع هذا الحساب:
account-address = عنوان الحساب
filtered = ما يظهر هنا يُقرَّر على هذا الخادم، ولا يُستشار أي مرشّح خارجي.
source = الشيفرة المصدرية
home = الصفحة الرئيسية
about = عن المدونة
about-writers = من يكتب هنا
about-comments = ما مصير تعليقك
about-comments-kept = كل ردّ يصل إلى هذه المدونة يُحفظ بنصه وعنوانه وتاريخه، ومعه الاسم والصورة وعنوان الملف الشخصي كما يعلنها خادم كاتبه. ويُعرض هنا إن كان علنيًا هناك وسمحت هذه المدونة بظهوره.
about-comments-gone = لإزالة تعليق احذفه على خادمك، فيختفي من هنا أيضًا. وإن تعذّر ذلك فاكتب إلى أحد حسابات هذه المدونة.
about-readers = إن كنت تقرأ فقط
about-readers-text = لا تضع هذه الصفحات ملفات ارتباط إلا لتتذكر ما تختاره تحت «المظهر واللغة»، ويتذكر متصفحك وحده الخادم الذي تسمّيه في مربع حوار. ولا تشغّل إلا برامج نصية من هذه المدونة نفسها، وكل صفحة كاملة من دونها. تُعرض صور الخوادم الأخرى نسخًا محفوظة هنا، فلا يعلم أي خادم منها من يقرأ.
about-software = البرنامج
about-software-text = تعمل هذه المدونة ببرنامج حرّ تحت رخصة GNU AGPL. يحق لك أن تقرأ شيفرته وتغيّرها وتستخدمها بنفسك.
where-reply = أين ردّي؟
where-reply-text = الصق عنوان منشورك كما يعرضه خادمك. يُبحث عنه هنا، وإن لم يصل قطّ فيُبحث عنه حيث هو.
where-reply-address = عنوان ردّك
where-reply-look = ابحث عنه
where-reply-slip = ليس هذا عنوان ويب. اكتبه كاملًا مع https://.
fate-published = ردّك موجود هنا.
fate-private = ردّك ليس علنيًا، فلا يُعرض هنا ولا يُحفظ. الردود العلنية وحدها تصير تعليقات.
fate-above-hidden = وصل ردّك، لكن ما يردّ عليه لا يُعرض، فلا يُعرض هو أيضًا.
fate-held = وصل ردّك وينتظر أحد القائمين على هذه المدونة.
fate-held-all = وصل ردّك وينتظر أحد القائمين على هذه المدونة، ككل ردّ هنا.
fate-held-first = وصل ردّك وينتظر أحد القائمين على هذه المدونة، كأول ردّ لكل شخص هنا.
fate-held-closed = وصل ردّك بعد إغلاق التعليقات. وهو محفوظ وينتظر أحد القائمين على هذه المدونة.
fate-removed = وصل ردّك وأُزيل، بمرشّح هذه المدونة أو على يد أحد القائمين عليها.
fate-deleted = حذف كاتب هذا الردّ ردَّه.
fate-waiting = وصل ردّك وينتظر ما يردّ عليه، وهو ليس هنا بعد. وسيظهر من تلقاء نفسه حين يُعثر عليه.
fate-blocked = لا صلة لهذه المدونة بذلك الخادم.
fate-refused = وصلت رسالة عن ردّك ورُفضت.
fate-ignored = عُلم بهذا، لكنه ليس تعليقًا هنا.
fate-accepted = ليس هذا ردًّا بل شيء آخر فعلتَه، وقد قُبل.
fate-unknown = لم يصل ردّك إلى هنا قطّ.
fate-own = هذا عنوان من عناوين هذه المدونة. لردّك عنوان خاص به على خادمك.
fate-read = اقرأه في نقاشه
fate-when = لوحظ في
why-size = إنه أكبر مما يجوز لرسالة.
why-busy = كان العمل في تلك اللحظة أكثر مما يُطاق، هنا أو على خادمك. سيرسله خادمك ثانية.
why-not-ours = لا يردّ على شيء من هذه المدونة.
why-no-comment = ليس مما يصلح أن يكون تعليقًا.
why-unreachable = تعذّر الوصول إلى خادمه، أو لم يُجب كما ينبغي. حاول بعد حين.
why-not-found = لا يعرضه خادمه: لقد زال، أو ليس علنيًا.
why-no-document = ما يوجد في هذا العنوان ليس منشورًا من الويب الاجتماعي.
why-not-author = أرسله غير كاتبه.
why-nothing-to-do = لم يكن هناك ما يُفعل.
why-signature = كان توقيع الرسالة ناقصًا أو خاطئًا، فتعذّرت معرفة مرسلها.
why-unreadable = تعذّرت قراءة الرسالة.
reference = المرجع
error-bad = لا معنى لهذا الطلب هنا
error-bad-text = في العنوان أو في الاستمارة شيء ليس كما ينبغي.
error-method = لا يُستعمل هذا العنوان هكذا
error-method-text = يمكن قراءته، لكن نموذجًا أو برنامجًا أرسل إليه ما لا يقبله.
error-forbidden = هذه الصفحة ليست مفتوحة لك
error-forbidden-text = إن كان لك حساب هنا فسجّل الدخول وحاول ثانية.
error-missing = لا شيء في هذا العنوان
error-missing-text = ربما نُقلت الصفحة، أو في العنوان خطأ.
error-gone = أُزيلت هذه الصفحة
error-gone-text = كانت هنا ذات يوم، ثم حذفها كاتبها.
error-busy = طلبات كثيرة في وقت واحد
error-busy-text = انتظر لحظة ثم حاول ثانية.
error-broken = تعطّل شيء من جهتنا
error-broken-text = ليس الذنب ذنبك. حاول بعد حين.
month-1 = يناير
month-2 = فبراير
month-3 = مارس
month-4 = أبريل
month-5 = مايو
month-6 = يونيو
month-7 = يوليو
month-8 = أغسطس
month-9 = سبتمبر
month-10 = أكتوبر
month-11 = نوفمبر
month-12 = ديسمبر
date-form = %d %B %Y
date-time-form = %d %B %Y، %R UTC

completeness = المعروف { $count } على الأقل، منها { $here } هنا
missing-private = { $count } غير علنية
missing-blocked = { $count } على خوادم محظورة
missing-unreachable = { $count } على خوادم لا تجيب
missing-pending = { $count } قيد الجلب
look-again = ابحث عن الردود الناقصة
queue = قائمة الانتظار
queue-deliveries = الإرساليات
queue-waiting = { $count ->
    [0] لا شيء ينتظر
    [one] واحدة تنتظر
    [two] اثنتان تنتظران
    [few] { $count } تنتظر
   *[other] { $count } تنتظر
}
queue-retrying = { $count } ستُعاد محاولتها
queue-dead = { $count } تُخلّي عنها
queue-threads = نقاشات تُقرأ من خوادم أخرى
queue-no-threads = لا يُستكمل أي نقاش الآن.
queue-per-thread = { $count ->
    [one] طلب واحد في الساعة على الأكثر للنقاش الواحد.
    [two] طلبان في الساعة على الأكثر للنقاش الواحد.
    [few] { $count } طلبات في الساعة على الأكثر للنقاش الواحد.
    [many] { $count } طلبًا في الساعة على الأكثر للنقاش الواحد.
   *[other] { $count } طلب في الساعة على الأكثر للنقاش الواحد.
}
queue-post = المقال
queue-next = القراءة القادمة
queue-last = آخر قراءة
queue-spent = طلبات هذه الساعة
queue-hosts = خوادم تُسأل
queue-no-hosts = لا يُسأل أي خادم الآن.
queue-per-host = { $count ->
    [one] وثيقة واحدة في الساعة على الأكثر من الخادم الواحد.
    [two] وثيقتان في الساعة على الأكثر من الخادم الواحد.
    [few] { $count } وثائق في الساعة على الأكثر من الخادم الواحد.
    [many] { $count } وثيقة في الساعة على الأكثر من الخادم الواحد.
   *[other] { $count } وثيقة في الساعة على الأكثر من الخادم الواحد.
}
queue-host = الخادم
queue-wanted = ردود يُبحث عنها
thoughts = { $count ->
    [zero] لا أفكار بعد حول «{ $name }»
    [one] فكرة واحدة حول «{ $name }»
    [two] فكرتان حول «{ $name }»
    [few] { $count } أفكار حول «{ $name }»
    [many] { $count } فكرة حول «{ $name }»
   *[other] { $count } فكرة حول «{ $name }»
}
comments = { $count ->
    [zero] لا تعليقات بعد
    [one] تعليق واحد
    [two] تعليقان
    [few] { $count } تعليقات
    [many] { $count } تعليقًا
   *[other] { $count } تعليق
}
likes = { $count ->
    [zero] لا إعجابات
    [one] إعجاب واحد
    [two] إعجابان
    [few] { $count } إعجابات
    [many] { $count } إعجابًا
   *[other] { $count } إعجاب
}
boosts = { $count ->
    [zero] لا إعادات نشر
    [one] إعادة نشر واحدة
    [two] إعادتا نشر
    [few] { $count } إعادات نشر
    [many] { $count } إعادة نشر
   *[other] { $count } إعادة نشر
}
dislikes = { $count ->
    [zero] لم يستهجنه أحد
    [one] استهجان واحد
    [two] استهجانان
    [few] { $count } استهجانات
    [many] { $count } استهجانًا
   *[other] { $count } استهجان
}
followers = { $count ->
    [zero] لا متابعين
    [one] متابع واحد
    [two] متابعان
    [few] { $count } متابعين
    [many] { $count } متابعًا
   *[other] { $count } متابع
}
continue = { $count ->
    [zero] تابع هذا النقاش
    [one] تابع هذا النقاش (تعليق آخر)
    [two] تابع هذا النقاش (تعليقان آخران)
    [few] تابع هذا النقاش ({ $count } تعليقات أخرى)
    [many] تابع هذا النقاش ({ $count } تعليقًا آخر)
   *[other] تابع هذا النقاش ({ $count } تعليق آخر)
}
comment-by = تعليق من { $name }
comments-on = تعليقات على «{ $name }»
posts-tagged = مقالات تحت وسم { $name }
more-faces = و{ $count } غيرهم

# How one reads
language-name = العربية
first-of-month = 1
menu = القائمة
contents = المحتويات
reading-time = { $count ->
    [zero] أقل من دقيقة قراءة
    [one] دقيقة قراءة
    [two] دقيقتا قراءة
    [few] { $count } دقائق قراءة
    [many] { $count } دقيقة قراءة
   *[other] { $count } دقيقة قراءة
}
preferences = المظهر واللغة
preferences-text = يُحفظ اختيارك في متصفحك وحده، في ملفي ارتباط لهذه المدونة.
preferences-keep = احفظ
theme = الألوان
theme-system = كما في نظامي
theme-light = فاتحة
theme-dark = داكنة
theme-contrast = تباين عالٍ
language = لغة القوائم والتواريخ
language-auto = كما يطلب متصفحي

# Pages
archive = الأرشيف
category = تصنيف
filed-under = مصنَّف تحت
series = سلسلة
related = مقالات ذات صلة
first-parts = الأجزاء الأولى
more-parts = أجزاء أخرى
parts = { $count ->
    [zero] لا أجزاء
    [one] جزء واحد
    [two] جزآن
    [few] { $count } أجزاء
    [many] { $count } جزءًا
   *[other] { $count } جزء
}
posts-count = { $count ->
    [zero] لا مقالات
    [one] مقال واحد
    [two] مقالان
    [few] { $count } مقالات
    [many] { $count } مقالًا
   *[other] { $count } مقال
}
followers-of = متابعو { $name }
no-followers = لا يتابع أحد بعد.
more-followers = متابعون آخرون
older-followers = متابعون أقدم
newest-followers = أحدث المتابعين

# Search
comment = تعليق
search = البحث
search-for = كلمات في المقالات والتعليقات
search-look = ابحث
search-found = النتائج
search-none = لم يُعثر على شيء.
search-more = نتائج أخرى
search-hints = كيف تبحث
search-hint-phrase = حول كلمات متجاورة
search-hint-without = قبل ما لا ينبغي أن يرد
search-hint-star = بعد بداية كلمة
search-hint-filter = يليه وسم أو اسم الكاتب
search-hint-date = منذ ذلك الوقت أو قبله: سنة أو شهر أو يوم
search-who = لا يُعثر على التعليقات إلا إذا سمح أصحابها بذلك على خوادمهم.
search-long = هذا أطول من أن يُبحث عنه.
search-many = هذه كلمات كثيرة دفعة واحدة.
search-quote = علامة اقتباس لم تُغلق: اكتب أخرى بعد الكلمات.
search-nothing = ليس في «{ $name }» حروف ولا أرقام.
search-only = اكتب أيضًا ما تبحث عنه، لا ما تستبعده فقط.
search-empty = يلزم أن يأتي شيء بعد { $name }.
search-date = «{ $name }» ليس تاريخًا. اكتب 2026 أو 2026-03 أو 2026-03-01.
search-tag = «{ $name }» ليس وسمًا.
search-author = «{ $name }» ليس اسم أحد. اكتب alice أو @alice@blog.example.
search-short = «{ $name }» قصير جدًا: بداية الكلمة حرفان على الأقل.

# Discussion.
act-from-yours = من خادمك
act-follow = متابعة
act-reply = ردّ
act-like = إعجاب
act-boost = إعادة نشر
answers-to = على
answers-count = { $count ->
    [zero] لا ردود
    [one] ردّ واحد
    [two] ردّان
    [few] { $count } ردود
    [many] { $count } ردًّا
   *[other] { $count } ردّ
}
back-to-all = { $count ->
    [zero] لا تعليقات على «{ $name }»
    [one] التعليق الوحيد على «{ $name }»
    [two] التعليقان على «{ $name }»
    [few] كل التعليقات الـ{ $count } على «{ $name }»
    [many] كل التعليقات الـ{ $count } على «{ $name }»
   *[other] كل التعليقات الـ{ $count } على «{ $name }»
}
this-thread = هذا النقاش
further-up = أعلى في هذا النقاش
order = ترتيب التعليقات
order-oldest = الأقدم أولًا
order-newest = الأحدث أولًا
order-discussed = الأكثر نقاشًا
live-one = تعليق جديد
live-many = تعليقات جديدة: %
live-elsewhere = التعليقات الجديدة في صفحة أخرى
live-shown = اعرض أول تعليق جديد
interact-follow = تابِع من خادمك
interact-reply = رُدّ من خادمك
interact-like = سجّل إعجابك من خادمك
interact-boost = أعِد النشر من خادمك
interact-text = لا تحتاج إلى حساب هنا. اكتب أين حسابك، فيسأل هذا الموقع خادمك عن الطريق ويعرضها لك.
interact-server = معرّفك أو خادمك
interact-find = ابحث عن الطريق
interact-copy = أو الصق هذا العنوان في خانة البحث على خادمك:
copy = انسخ
copied = نُسخ
close = أغلق
way-go = تابع إلى { $name }
way-guess = لا يذكر { $name } طريقه، ومعظم الخوادم تجعله هناك. إن لم يوصلك إلى شيء فاستعمل العنوان أدناه.
way-elsewhere = انتبه: خادمك يرسلك إلى موقع آخر هو { $name }. لا تكمل إلا إن كنت تعرفه.
way-unreadable = هذا ليس معرّفًا ولا خادمًا. اكتب ‎@you@server.example أو server.example.
way-own = هذا هو الموقع الذي أنت فيه. اكتب الخادم الذي فيه حسابك.
way-blocked = هذا الموقع لا يتواصل مع ذلك الخادم.
way-unreachable = ذلك الخادم لا يجيب كما ينبغي. تحقّق من الكتابة، أو انسخ العنوان أدناه.
way-unknown-person = ذلك الخادم لا يعرف أحدًا بهذا الاسم. تحقّق من الكتابة، أو اكتب الخادم وحده.
way-busy = يُبحث الآن عن أشياء كثيرة. حاول بعد لحظات.
visit = من موقع آخر
visit-text = ما يطلب منك موقع آخر أن تتابعه أو تردّ عليه أو تعجب به أو تعيد نشره.
visit-address = عنوان أو معرّف
visit-reply = ردّك (Markdown)
visit-unreadable = اكتب العنوان الكامل لشيء على خادم آخر، أو معرّفًا.
visit-unreachable = لم يُعثر هناك على ما يمكن متابعته أو الردّ عليه.
done-follow = طلب المتابعة في طريقه.
done-reply = ردّك في طريقه.
done-like = إعجابك في طريقه.
done-boost = إعادة نشرك في طريقها.
share = شارك في مقال
share-text = يصنع هذا مسوّدة، ولا يُنشر شيء.
share-title = العنوان
share-content = النص (Markdown)
share-save = احفظ مسوّدة
share-saved = حُفظت المسوّدة. رقمها:
