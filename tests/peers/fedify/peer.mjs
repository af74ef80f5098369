// The peer's person: what it publishes, what it takes in, what it can be told to do.

import { createFederation, generateCryptoKeyPair, InProcessMessageQueue, MemoryKvStore, verifyObject } from "@fedify/fedify";
import {
  Accept, Activity, Announce, Article, Create, Delete, Endpoints, Follow, Like, Mention, Note, Object as Thing, Person,
  PUBLIC_COLLECTION, Tombstone, Undo, Update,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

/** Answers on a page of a note's `replies`: few, so that a handful of answers takes several pages. */
const PAGE = 2;

export class Peer {
  #objects = new Map();
  /** What answers the notes here, by their path: ids. */
  #replies = new Map();
  #activities = new Map();
  #followers = new Map();
  #received = [];
  #count = 0;

  static async make({ origin, user, firstKnock, challenge }) {
    const peer = new Peer();
    peer.origin = origin;
    peer.user = user;
    peer.keys = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
    peer.federation = createFederation({
      kv: new MemoryKvStore(), queue: new InProcessMessageQueue(), origin, firstKnock, allowPrivateAddress: true,
      inboxChallengePolicy: { enabled: challenge, requestNonce: challenge },
    });
    peer.#describe();
    peer.#listen();
    return peer;
  }

  fetch(request) {
    return this.federation.fetch(request, { contextData: undefined });
  }

  /** What it publishes. */
  #describe() {
    const { federation, user } = this;
    federation.setActorDispatcher("/people/{identifier}", async (context, identifier) => {
      if (identifier !== user) return null;
      const keys = await context.getActorKeyPairs(identifier);
      return new Person({
        id: context.getActorUri(identifier), preferredUsername: identifier, name: "Fred of Fedify", url: context.getActorUri(identifier),
        inbox: context.getInboxUri(identifier), outbox: context.getOutboxUri(identifier), followers: context.getFollowersUri(identifier),
        endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
        publicKey: keys[0].cryptographicKey, assertionMethods: keys.map((key) => key.multikey),
      });
    }).setKeyPairsDispatcher((_context, identifier) => (identifier === user ? this.keys : []));
    federation.setOutboxDispatcher("/people/{identifier}/outbox", () => ({ items: [...this.#activities.values()] }));
    federation.setFollowersDispatcher("/people/{identifier}/followers", () => ({ items: [...this.#followers.values()] }));
    for (const [type, room] of [[Article, "articles"], [Note, "notes"]])
      federation.setObjectDispatcher(type, `/${room}/{number}`, (_context, { number }) => this.#objects.get(`/${room}/${number}`) ?? null);
    federation.setCollectionDispatcher("replies", Thing, "/notes/{number}/replies", (_context, { number }, cursor) => {
      const all = this.#repliesTo(number);
      if (cursor === null) return { items: all };
      const end = Number(cursor) + PAGE;
      return { items: all.slice(Number(cursor), end), nextCursor: end < all.length ? String(end) : null };
    }).setFirstCursor(() => "0").setCounter((_context, { number }) => this.#repliesTo(number).length);
  }

  /** What it takes in: everything is remembered, a follow is accepted. Fedify has checked the signature before. */
  #listen() {
    const inbox = this.federation.setInboxListeners("/people/{identifier}/inbox", "/inbox");
    inbox.setSharedKeyDispatcher(() => ({ identifier: this.user }));
    inbox.on(Activity, (context, activity) => this.#remember(context, activity));
    inbox.on(Follow, async (context, follow) => {
      await this.#remember(context, follow);
      const who = await follow.getActor(await this.#loaders(context));
      this.#followers.set(who.id.href, who);
      await context.sendActivity({ identifier: this.user }, who, new Accept({ id: this.#newId("accepts"), actor: follow.objectId, object: follow }));
    });
    inbox.onError((_context, error) => { this.#received.push({ type: "Error", error: String(error) }); });
  }

  /** Public answers to a note, from wherever they came. */
  #repliesTo(number) {
    return [...(this.#replies.get(`/notes/${number}`) ?? [])];
  }

  /** Lists an answer to something here, when it is public. */
  #list(note) {
    const path = note.replyTargetId?.origin === this.origin && note.replyTargetId.pathname;
    if (!path || !note.toIds.some(({ href }) => href === PUBLIC_COLLECTION.href)) return;
    this.#replies.set(path, (this.#replies.get(path) ?? new Set()).add(note.id));
  }

  async #loaders(context) {
    return { documentLoader: await context.getDocumentLoader({ identifier: this.user }), contextLoader: context.contextLoader };
  }

  /** Keeps what a test asks about, with the object fetched when only its id was sent. */
  async #remember(context, activity) {
    if (this.relayTo && activity.actorId?.href !== this.relayTo.id.href)
      await context.forwardActivity({ identifier: this.user }, this.relayTo, { skipIfUnsigned: true });
    const entry = { type: activity.constructor.name, id: activity.id?.href, actor: activity.actorId?.href, objectId: activity.objectId?.href };
    if (!(activity instanceof Delete)) {
      const object = await activity.getObject(await this.#loaders(context)).catch((error) => ({ error }));
      if (activity instanceof Create && object instanceof Note) this.#list(object);
      entry.object = object && {
        type: object.constructor.name, id: object.id?.href, name: object.name?.toString(), summary: object.summary?.toString(),
        content: object.content?.toString(), inReplyTo: object.replyTargetId?.href, url: object.url?.href, error: object.error && String(object.error),
      };
    }
    this.#received.push(entry);
  }

  #newId(room) {
    return new URL(`/${room}/${++this.#count}`, this.origin);
  }

  /** Carries an action out. */
  async act(action, words) {
    const act = Peer.actions[action];
    if (!act) throw new Error(`unknown action ${action}`);
    const context = this.federation.createContext(new URL(this.origin), undefined);
    return act.call(this, context, words);
  }

  async #find(context, name) {
    const found = await context.lookupObject(name, await this.#loaders(context));
    if (!found) throw new Error(`${name} was not found`);
    return found;
  }

  async #send(context, to, activity) {
    this.#activities.set(activity.id.href, activity);
    await context.sendActivity({ identifier: this.user }, to, activity, { preferSharedInbox: true });
    return { id: activity.id.href, object: activity.objectId?.href };
  }

  /** An activity about somebody's object, sent to its author. */
  async #about(context, type, room, target) {
    const object = await this.#find(context, target);
    const author = await object.getAttribution(await this.#loaders(context));
    return this.#send(context, author, new type({
      id: this.#newId(room), actor: context.getActorUri(this.user), object: object.id,
      tos: [PUBLIC_COLLECTION], ccs: [author.id],
    }));
  }

  /** A changed or new own object, to whom its audience is. */
  async #publish(context, type, object, to) {
    this.#objects.set(object.id.pathname, object);
    return this.#send(context, to, new type({
      id: this.#newId("activities"), actor: context.getActorUri(this.user), object, tos: object.toIds, ccs: object.ccIds,
    }));
  }

  static actions = {
    received() { return this.#received; },

    /** Passes everything on to somebody from now on, unchanged. */
    async relay(context, { to }) {
      this.relayTo = await this.#find(context, to);
    },

    /** Whether an activity carries its actor's own integrity proof. */
    async verify(context, { activity }) {
      const loaders = await this.#loaders(context);
      return { proven: (await verifyObject(Activity, activity, loaders).catch(() => null)) !== null };
    },

    async lookup(context, { name }) {
      return (await this.#find(context, name)).toJsonLd();
    },

    async follow(context, { name }) {
      const who = await this.#find(context, name);
      await this.#send(context, who, new Follow({ id: this.#newId("follows"), actor: context.getActorUri(this.user), object: who.id }));
      return { actor: who.id.href };
    },

    article(context, { title, content }) {
      const id = this.#newId("articles");
      const article = new Article({
        id, url: id, attribution: context.getActorUri(this.user), name: title, content, mediaType: "text/html",
        published: Temporal.Now.instant(), tos: [PUBLIC_COLLECTION], ccs: [context.getFollowersUri(this.user)],
      });
      return this.#publish(context, Create, article, "followers");
    },

    /**
     * Answers an object. `mention` names the author to address; without it, that of the object itself; `also` one more.
     * `via` gets it instead. Who is not named is not told.
     */
    async reply(context, { to, content, mention, also, via }) {
      const target = await this.#find(context, to);
      const author = mention ? await this.#find(context, mention) : await target.getAttribution(await this.#loaders(context));
      const told = also ? [author, await this.#find(context, also)] : [author];
      const id = this.#newId("notes");
      const note = new Note({
        id, url: id, attribution: context.getActorUri(this.user), replyTarget: target.id, content, published: Temporal.Now.instant(),
        tos: [PUBLIC_COLLECTION], ccs: [...told.map((person) => person.id), context.getFollowersUri(this.user)],
        tags: told.map((person) => new Mention({ href: person.id, name: `@${person.preferredUsername}@${person.id.host}` })),
        replies: context.getCollectionUri("replies", { number: id.pathname.split("/").at(-1) }),
      });
      this.#list(note);
      return this.#publish(context, Create, note, via ? await this.#find(context, via) : told);
    },

    /** Reads `replies` or `context` of an object page by page: what it says of itself, and the ids it names. */
    async collection(context, { of, which }) {
      const loaders = await this.#loaders(context);
      const object = await this.#find(context, of);
      let whole = which === "replies" ? await object.getReplies(loaders) : null;
      if (which === "context") for await (const found of object.getContexts(loaders)) whole ??= found;
      const ids = [];
      let pages = 0;
      for (let page = await whole.getFirst(loaders); page; page = await page.getNext(loaders)) {
        ids.push(...page.itemIds.map(({ href }) => href));
        pages += 1;
      }
      return {
        type: whole.constructor.name, id: whole.id.href, by: whole.attributionId?.href, total: whole.totalItems, pages, ids,
      };
    },

    async edit(context, { id, content, to }) {
      const before = this.#objects.get(new URL(id).pathname);
      const after = before.clone({ content, updated: Temporal.Now.instant() });
      return this.#publish(context, Update, after, await this.#find(context, to));
    },

    async delete(context, { id, to }) {
      this.#objects.delete(new URL(id).pathname);
      return this.#send(context, await this.#find(context, to), new Delete({
        id: this.#newId("activities"), actor: context.getActorUri(this.user), object: new Tombstone({ id: new URL(id) }), tos: [PUBLIC_COLLECTION],
      }));
    },

    like(context, { object }) { return this.#about(context, Like, "likes", object); },

    announce(context, { object }) { return this.#about(context, Announce, "boosts", object); },

    /** Takes an earlier activity back, towards the author of what it was about. */
    async undo(context, { id, to }) {
      const object = this.#activities.get(id);
      return this.#send(context, await this.#find(context, to), new Undo({
        id: this.#newId("activities"), actor: context.getActorUri(this.user), object, tos: [PUBLIC_COLLECTION],
      }));
    },
  };
}
