// A small server of the open social web on Fedify: one person who follows, writes, answers, likes and boosts on command.
// Its public side listens on PEER_PORT (behind TLS), its control side on PEER_CONTROL: POST /ACTION with JSON.

import http from "node:http";
import { Peer } from "./peer.mjs";

const { PEER_HOST, PEER_USER, PEER_PORT, PEER_CONTROL, PEER_FIRST_KNOCK, PEER_CHALLENGE } = process.env;
const origin = `https://${PEER_HOST}`;
const peer = await Peer.make({ origin, user: PEER_USER, firstKnock: PEER_FIRST_KNOCK, challenge: PEER_CHALLENGE === "yes" });
const requests = [];
const bodies = [];

async function bodyOf(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function serve(incoming, outgoing) {
  const body = await bodyOf(incoming);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  // A server that has given draft-cavage up: Fedify then answers with a challenge of its own.
  if (PEER_CHALLENGE && incoming.method === "POST" && !headers.has("signature-input")) headers.delete("signature");
  const answer = await peer.fetch(new Request(origin + incoming.url, {
    method: incoming.method, headers, body: ["GET", "HEAD"].includes(incoming.method) ? undefined : body,
  }));
  if (incoming.method === "POST") bodies.push(body.toString());
  const nonce = /;nonce=/.test(incoming.headers["signature-input"] ?? "");
  requests.push({ request: `${incoming.method} ${incoming.url}`, nonce, signed: incoming.headers["signature-input"] ? "rfc9421" : incoming.headers.signature ? "cavage" : "no", status: answer.status });
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
}

async function control(incoming, outgoing) {
  const words = JSON.parse((await bodyOf(incoming)).toString() || "{}");
  const action = incoming.url.slice(1);
  const kept = { requests, bodies };
  const result = kept[action] ?? (await peer.act(action, words));
  outgoing.writeHead(200, { "content-type": "application/json" });
  outgoing.end(JSON.stringify(result ?? null));
}

function listen(handler, port) {
  http.createServer((incoming, outgoing) => {
    handler(incoming, outgoing).catch((error) => {
      console.error(error);
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end(String(error?.stack ?? error));
    });
  }).listen(Number(port), "127.0.0.1");
}

listen(serve, PEER_PORT);
listen(control, PEER_CONTROL);
process.once("SIGTERM", () => process.exit(0));
