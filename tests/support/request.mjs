// HTTP as a test needs it: our authority trusted, test names resolved, redirects not followed, nothing thrown on a status.

import http from "node:http";
import https from "node:https";
import { ADDRESS } from "./loopback.mjs";

const lookup = (_name, options, callback) =>
  options.all ? callback(null, [{ address: ADDRESS, family: 4 }]) : callback(null, ADDRESS, 4);

/** A function that makes requests trusting `ca` (PEM); without it only the system's roots count. */
export function requester(ca) {
  return (url, { method = "GET", headers = {}, body, form, json, token } = {}) => new Promise((resolve, reject) => {
    const secure = url.startsWith("https:");
    const all = { ...headers };
    let payload = body;
    if (json !== undefined) {
      payload = JSON.stringify(json);
      all["content-type"] ??= "application/json";
    } else if (form) {
      payload = new URLSearchParams(form).toString();
      all["content-type"] ??= "application/x-www-form-urlencoded";
    }
    if (token) all.authorization = `Bearer ${token}`;
    if (payload !== undefined) all["content-length"] = Buffer.byteLength(payload);
    const options = { method, headers: all, timeout: 20_000, agent: false, ...(secure ? { ca, lookup } : {}) };
    const request = (secure ? https : http).request(url, options, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve(answer(url, response, Buffer.concat(chunks).toString("utf8"))));
    });
    request.on("timeout", () => request.destroy(new Error(`no answer from ${url}`)));
    request.on("error", reject);
    request.end(payload);
  });
}

function answer(url, response, text) {
  return {
    url,
    status: response.statusCode,
    headers: response.headers,
    text,
    get json() {
      try {
        return JSON.parse(text);
      } catch {
        throw new Error(`${url} answered ${response.statusCode}, not JSON: ${text.slice(0, 400)}`);
      }
    },
    /** Itself when the status is one of `wanted`, else an error that shows the answer. */
    expect(...wanted) {
      if (!wanted.includes(response.statusCode)) throw new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 800)}`);
      return this;
    },
  };
}
