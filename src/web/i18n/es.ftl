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
