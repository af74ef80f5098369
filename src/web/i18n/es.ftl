# Spanish.

skip = Saltar al texto
feed = Feed
posts = Entradas
no-posts = Aún no se ha publicado nada aquí.
older = Entradas anteriores
newer = Entradas más recientes
previous-post = Antes de esta
next-post = Después de esta
more-posts = Más entradas
updated = actualizada el
tags = Etiquetas
tag = Etiqueta
reactions = Reacciones
quoted = Citado por
talked-about = Se habla de esto en
discussion = Conversación
edited = editado
deleted = Este comentario fue eliminado.
writer = Autor
answers = en respuesta a
original = Original
whole-comment = Leer el comentario completo
sensitive = Imagen delicada
picture = imagen
comments-older = Comentarios previos
comments-newer = Comentarios siguientes
comments-feed = Fuente de esta conversación
closed = Los comentarios están cerrados. Las respuestas que lleguen ahora se guardan, pero no se muestran.
join = Responde desde tu propio servidor
join-text = Esta conversación es parte de la web social abierta. No hace falta una cuenta aquí: responde desde Mastodon o desde donde tengas la tuya.
join-copy = Copia la dirección de esta entrada.
join-search = Pégala en el buscador de tu servidor.
join-reply = Responde a la entrada que encuentres. Tu respuesta aparecerá aquí.
post-address = Dirección de esta entrada
follow = Seguir
follow-text = Sigue esta cuenta para recibir las entradas nuevas en tu cronología:
account-address = Dirección de la cuenta
filtered = Lo que aparece aquí se decide en este servidor; no se consulta ningún filtro ajeno.
source = Código fuente
home = Página de inicio
about = Acerca de
about-writers = Quién escribe aquí
about-comments = Qué pasa con tu comentario
about-comments-kept = Una respuesta que llega a este blog se guarda con su texto, su dirección y su fecha, y con el nombre, la imagen y la dirección de perfil que da el servidor de quien la escribió. Se muestra si allí era pública y este blog la deja aparecer.
about-comments-gone = Para que se retire un comentario, elimínalo en tu propio servidor: así desaparece también de aquí. Si no puedes, escribe a una cuenta de este blog.
about-readers = Si solo lees
about-readers-text = Estas páginas no ponen cookies, salvo para recordar lo que elijas en «Apariencia e idioma»; solo tu navegador recuerda el servidor que indicas en un diálogo. Solo ejecutan scripts de este blog; cada página está completa sin ellos. Las imágenes de otros servidores se muestran como copias guardadas aquí, para que ninguno de ellos sepa quién lee.
about-software = Programa
about-software-text = Este blog funciona con software libre bajo la GNU AGPL. Puedes leer su código fuente, modificarlo y usarlo.
where-reply = ¿Dónde está mi respuesta?
where-reply-text = Pega la dirección de tu mensaje, tal como la muestra tu servidor. Se busca aquí y, si nunca llegó, allí donde está.
where-reply-address = Dirección de tu respuesta
where-reply-look = Buscar
where-reply-slip = Esto no es una dirección web. Escríbela entera, con https://.
fate-published = Tu respuesta está aquí.
fate-private = Tu respuesta no es pública: aquí ni se muestra ni se guarda. Solo las respuestas públicas llegan a ser comentarios.
fate-above-hidden = Tu respuesta llegó, pero aquello a lo que responde no puede verse, y por eso ella tampoco.
fate-held = Tu respuesta llegó y espera a alguien que cuida de este blog.
fate-held-all = Tu respuesta llegó y espera, como todas aquí, a alguien que cuida de este blog.
fate-held-first = Tu respuesta llegó y espera, como aquí la primera de cada persona, a alguien que cuida de este blog.
fate-held-closed = Tu respuesta llegó cuando los comentarios ya estaban cerrados. Se guarda y espera a quien cuida de este blog.
fate-removed = Tu respuesta llegó y fue retirada, por el filtro de este blog o por alguien que cuida de él.
fate-deleted = Tu respuesta fue borrada por su autor.
fate-waiting = Tu respuesta llegó y espera aquello a lo que responde, que aún no está aquí. Aparecerá por sí sola cuando se encuentre.
fate-blocked = Este blog no trata con ese servidor.
fate-refused = Llegó un mensaje sobre tu respuesta y fue rechazado.
fate-ignored = Se tomó nota, pero aquí no es un comentario.
fate-accepted = Esto no es una respuesta, sino otra cosa que hiciste, y se aceptó.
fate-unknown = Tu respuesta nunca llegó aquí.
fate-own = Esta es una dirección de este blog. Tu respuesta tiene la suya, en tu servidor.
fate-read = Leerla en su conversación
fate-when = Advertida el
why-size = Es más grande de lo que puede ser un mensaje.
why-busy = En ese momento había demasiado que hacer, aquí o en tu servidor. Tu servidor la enviará de nuevo.
why-not-ours = No responde a nada de este blog.
why-no-comment = No es nada que pueda estar como comentario.
why-unreachable = No se pudo alcanzar su servidor, o no respondió bien. Inténtalo de nuevo más tarde.
why-not-found = Su servidor no la muestra: ya no está, o no es pública.
why-no-document = Lo que hay en esta dirección no es un mensaje de la web social.
why-not-author = La envió alguien que no es su autor.
why-nothing-to-do = No había nada que hacer.
why-signature = La firma del mensaje faltaba o era falsa: nadie podía decir de quién venía.
why-unreadable = El mensaje no se podía leer.
reference = Referencia
error-bad = Esta petición no tiene sentido aquí
error-bad-text = Algo en la dirección o en el formulario no es correcto.
error-method = Esta dirección no se usa así
error-method-text = Se puede leer, pero un formulario o un programa envió algo que no acepta.
error-forbidden = Esta página no está abierta para ti
error-forbidden-text = Si tienes una cuenta aquí, inicia sesión e inténtalo de nuevo.
error-missing = No hay nada en esta dirección
error-missing-text = Puede que la página se haya movido o que la dirección tenga un error.
error-gone = Esta página fue retirada
error-gone-text = Estuvo aquí, y su autor la eliminó.
error-busy = Demasiadas peticiones a la vez
error-busy-text = Espera un momento e inténtalo de nuevo.
error-broken = Algo se ha roto de nuestro lado
error-broken-text = No es culpa tuya. Inténtalo dentro de un rato.
month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre
date-form = %d de %B de %Y
date-time-form = %d de %B de %Y, %R UTC

completeness = Al menos { $count } conocidas, { $here } aquí
missing-private = { $count } no públicas
missing-blocked = { $count } en servidores bloqueados
missing-unreachable = { $count } en servidores que no responden
missing-pending = { $count } en camino
look-again = Buscar respuestas que faltan
queue = Cola
queue-deliveries = Entregas
queue-waiting = { $count } en espera
queue-retrying = { $count } por reintentar
queue-dead = { $count } abandonadas
queue-threads = Hilos que se leen en otros servidores
queue-no-threads = Ahora no se completa ningún hilo.
queue-per-thread = Como máximo { $count } peticiones por hora para un hilo.
queue-post = Entrada
queue-next = Próxima lectura
queue-last = Última lectura
queue-spent = Peticiones de esta hora
queue-hosts = Servidores consultados
queue-no-hosts = Ahora no se consulta ningún servidor.
queue-per-host = Como máximo { $count } documentos por hora de un servidor.
queue-host = Servidor
queue-wanted = Respuestas buscadas
thoughts = { $count ->
    [0] Aún no hay reflexiones sobre «{ $name }»
    [one] Una reflexión sobre «{ $name }»
   *[other] { $count } reflexiones sobre «{ $name }»
}
comments = { $count ->
    [0] Aún no hay comentarios
    [one] Un comentario
   *[other] { $count } comentarios
}
likes = { $count ->
    [one] Un «me gusta»
   *[other] { $count } «me gusta»
}
boosts = { $count ->
    [one] Un impulso
   *[other] { $count } impulsos
}
dislikes = { $count ->
    [one] No le gusta a una persona
   *[other] No les gusta a { $count } personas
}
followers = { $count ->
    [one] Un seguidor
   *[other] { $count } seguidores
}
continue = { $count ->
    [one] Seguir este hilo (uno más)
   *[other] Seguir este hilo ({ $count } más)
}
comment-by = Comentario de { $name }
comments-on = Comentarios sobre «{ $name }»
posts-tagged = Entradas con la etiqueta { $name }
more-faces = y { $count } más

# How one reads
language-name = Español
first-of-month = 1
menu = Menú
contents = Contenido
reading-time = { $count ->
    [one] Un minuto de lectura
   *[other] { $count } minutos de lectura
}
preferences = Apariencia e idioma
preferences-text = Lo que elijas se guarda solo en tu navegador, en dos cookies de este blog.
preferences-keep = Guardar
theme = Colores
theme-system = Como mi sistema
theme-light = Claros
theme-dark = Oscuros
theme-contrast = Alto contraste
language = Idioma de los menús y las fechas
language-auto = El que pide mi navegador
# Pages
archive = Archivo
category = Categoría
filed-under = Archivado en
series = Serie
related = Entradas relacionadas
first-parts = Primeras partes
more-parts = Más partes
parts = { $count ->
    [one] una parte
   *[other] { $count } partes
}
posts-count = { $count ->
    [one] Una entrada
   *[other] { $count } entradas
}
followers-of = Seguidores de { $name }
no-followers = Todavía no sigue nadie.
more-followers = Más seguidores
older-followers = Seguidores anteriores
newest-followers = Seguidores más recientes
# Search
comment = Comentario
search = Buscar
search-for = Palabras en entradas y comentarios
search-look = Buscar
search-found = Encontrado
search-none = No se ha encontrado nada.
search-more = Más resultados
search-hints = Cómo buscar
search-hint-phrase = alrededor de palabras que van juntas
search-hint-without = delante de lo que no debe aparecer
search-hint-star = detrás del comienzo de una palabra
search-hint-filter = seguido de una etiqueta, o de quién lo escribió
search-hint-date = desde entonces, o antes: un año, un mes o un día
search-who = Los comentarios solo se encuentran si sus autores lo permiten en su propio servidor.
search-long = Es demasiado largo para buscarlo.
search-many = Son demasiadas palabras a la vez.
search-quote = Falta cerrar unas comillas: escribe otras detrás de las palabras.
search-nothing = «{ $name }» no tiene letras ni cifras.
search-only = Di también qué buscar, no solo qué no.
search-empty = Falta algo detrás de { $name }.
search-date = «{ $name }» no es una fecha. Escribe 2026, 2026-03 o 2026-03-01.
search-tag = «{ $name }» no es una etiqueta.
search-author = «{ $name }» no es el nombre de nadie. Escribe alice o @alice@blog.example.
search-short = «{ $name }» es demasiado corto: el comienzo de una palabra tiene al menos dos letras.
# Discussion.
act-from-yours = Desde tu propio servidor
act-follow = Seguir
act-reply = Responder
act-like = Me gusta
act-boost = Impulsar
answers-to = a
answers-count = { $count ->
    [one] Una respuesta
   *[other] { $count } respuestas
}
back-to-all = { $count ->
    [one] El único comentario sobre «{ $name }»
   *[other] Los { $count } comentarios sobre «{ $name }»
}
this-thread = Este hilo
further-up = Más arriba en este hilo
order = Orden de los comentarios
order-oldest = Primero los más antiguos
order-newest = Primero los más recientes
order-discussed = Los más comentados
live-one = Un comentario nuevo
live-many = % comentarios nuevos
live-elsewhere = Los comentarios nuevos están en otra página
live-shown = Ir al primer comentario nuevo
interact-follow = Seguir desde tu propio servidor
interact-reply = Responder desde tu propio servidor
interact-like = Dar «me gusta» desde tu propio servidor
interact-boost = Impulsar desde tu propio servidor
interact-text = No necesitas una cuenta aquí. Di dónde está la tuya: este sitio pregunta el camino a tu servidor y te lo muestra.
interact-server = Tu identificador o tu servidor
interact-find = Buscar el camino
interact-copy = O pega esta dirección en el buscador de tu servidor:
copy = Copiar
copied = Copiado
close = Cerrar
way-go = Continuar en { $name }
way-guess = { $name } no dice cuál es su camino; la mayoría de los servidores lo tienen ahí. Si no lleva a ninguna parte, usa la dirección de abajo.
way-elsewhere = Cuidado: tu servidor te envía a otro sitio, { $name }. Sigue solo si lo conoces.
way-unreadable = Esto no es ni un identificador ni un servidor. Escribe @tu@servidor.example o servidor.example.
way-own = Este es el sitio en el que estás. Escribe el servidor de tu cuenta.
way-blocked = Este sitio no habla con ese servidor.
way-unreachable = Ese servidor no responde como debería. Comprueba la ortografía o copia la dirección de abajo.
way-unknown-person = Ese servidor no conoce a nadie con ese nombre. Comprueba la ortografía o escribe solo el servidor.
way-busy = Ahora mismo se buscan demasiadas cosas. Inténtalo de nuevo en un momento.
visit = Desde otro sitio
visit-text = Lo que otro sitio te pide seguir, responder, marcar o impulsar.
visit-address = Dirección o identificador
visit-reply = Tu respuesta (Markdown)
visit-unreadable = Escribe la dirección completa de algo en otro servidor, o un identificador.
visit-unreachable = Allí no se encontró nada que se pueda seguir o responder.
done-follow = La solicitud para seguir está en camino.
done-reply = Tu respuesta está en camino.
done-like = Tu «me gusta» está en camino.
done-boost = Tu impulso está en camino.
share = Compartir en una entrada
share-text = Esto crea un borrador; no se publica nada.
share-title = Título
share-content = Texto (Markdown)
share-save = Guardar como borrador
share-saved = El borrador está guardado. Su número:
