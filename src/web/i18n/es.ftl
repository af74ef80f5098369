# Spanish.

skip = Saltar al texto
feed = Fuente
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
number = Comentario
edited = editado
deleted = Este comentario fue eliminado.
writer = Autor
answers = en respuesta a
original = Original
reply = Responder
reply-hint = Pega esta dirección en el buscador de tu servidor y responde allí:
sensitive = Imagen delicada
picture = imagen
comment-address = Dirección de este comentario
comments-older = Comentarios anteriores
comments-newer = Comentarios más recientes
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
filtered = Filtrado en este servidor, nada se envía a terceros.
source = Código fuente
home = Página de inicio
about = Acerca de
about-writers = Quién escribe aquí
about-comments = Qué pasa con tu comentario
about-comments-kept = Una respuesta que llega a este blog se guarda con su texto, su dirección y su fecha, y con el nombre, la imagen y la dirección de perfil que da el servidor de quien la escribió. Se muestra si allí era pública y ha pasado el filtro de este blog.
about-comments-gone = Para que se retire un comentario, elimínalo en tu propio servidor: así desaparece también de aquí. Si no puedes, escribe a una cuenta de este blog.
about-readers = Si solo lees
about-readers-text = Estas páginas no ponen cookies ni ejecutan scripts. Las imágenes de otros servidores se muestran como copias guardadas aquí, para que ninguno de ellos sepa quién lee.
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
    [one] Un favorito
   *[other] { $count } favoritos
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
