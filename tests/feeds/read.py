"""Reads feeds and pages as others' programs do: feedparser and mf2py. Files in, JSON out; nothing is fetched."""

import json
import sys

import feedparser
import mf2py


def feed(path, address, kind):
    with open(path, "rb") as file:
        found = feedparser.parse(file.read(), response_headers={"content-location": address, "content-type": kind})
    return {
        "bozo": bool(found.bozo),
        "problem": repr(found.get("bozo_exception", "")),
        "version": found.version,
        "title": found.feed.get("title", ""),
        "links": [{"rel": link.get("rel"), "href": link.get("href")} for link in found.feed.get("links", [])],
        "entries": [
            {
                "id": entry.get("id", ""),
                "title": entry.get("title", ""),
                "link": entry.get("link", ""),
                "dated": bool(entry.get("published_parsed") or entry.get("updated_parsed")),
                "text": "".join(part.value for part in entry.get("content", [])) or entry.get("summary", ""),
                "author": entry.get("author", ""),
            }
            for entry in found.entries
        ],
    }


def page(path, address, _):
    with open(path, encoding="utf-8") as file:
        return mf2py.parse(doc=file.read(), url=address)


kinds = {"feed": feed, "page": page}
json.dump([kinds[one["kind"]](one["file"], one["url"], one["type"]) for one in json.load(sys.stdin)], sys.stdout)
