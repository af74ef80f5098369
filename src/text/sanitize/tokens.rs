//! Walks over HTML as a flat stream of tokens. No tree is built, so neither depth nor bad nesting costs
//! anything; text arrives decoded, in runs as long as possible, without invisible tricks.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    states::RawKind,
};

use super::chars;

/// What is fed to the tokenizer at once, in bytes.
const PIECE: usize = 4096;

/// A document ends where a token runs over this many pieces: the tokenizer compares every attribute of a
/// tag with all before it.
const LONGEST_TOKEN: u32 = 4;

/// Elements that are dropped with all that is in them.
const HIDDEN: [&str; 11] = [
    "iframe",
    "math",
    "noembed",
    "noframes",
    "plaintext",
    "script",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
];

/// What a visitor wants of an element's content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Walk through it.
    Show,
    /// Skip to the end of the element.
    Hide,
}

/// Receives the tokens of a document in order.
pub(super) trait Visitor {
    /// A run of text between two tags.
    fn text(&mut self, text: &str);
    /// A start tag.
    fn open(&mut self, tag: &Tag) -> Content;
    /// An end tag.
    fn close(&mut self, name: &str);
}

/// Shows a document to a visitor and gives the visitor back.
pub(super) fn walk<V: Visitor>(html: &str, visitor: V) -> V {
    let sink = Sink {
        state: RefCell::new(State {
            visitor,
            text: String::new(),
            hidden: None,
        }),
        silent: Cell::new(0),
    };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = html;
    while !rest.is_empty() && tokenizer.sink.silent.get() <= LONGEST_TOKEN {
        let (piece, tail) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = tail;
        tokenizer.sink.silent.update(|count| count + 1);
        queue.push_back(StrTendril::from(piece));
        // It pauses for scripts and encodings only, and the sink never asks for that.
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    let mut state = tokenizer.sink.state.into_inner();
    state.flush();
    state.visitor
}

struct Sink<V> {
    state: RefCell<State<V>>,
    /// Pieces fed since the last token.
    silent: Cell<u32>,
}

struct State<V> {
    visitor: V,
    /// The text run so far.
    text: String,
    /// The element being skipped, and how many of its name are open.
    hidden: Option<(String, u32)>,
}

impl<V: Visitor> TokenSink for Sink<V> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if !matches!(token, Token::ParseError(_)) {
            self.silent.set(0);
        }
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) if state.hidden.is_none() => state.text.push_str(&text),
            Token::TagToken(tag) => return state.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl<V: Visitor> State<V> {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = chars::visible(&std::mem::take(&mut self.text));
            self.visitor.text(&text);
        }
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let opens = tag.kind == TagKind::StartTag;
        if let Some((name, depth)) = &mut self.hidden {
            if *name == *tag.name {
                *depth = if opens { *depth + 1 } else { *depth - 1 };
            }
            if *depth == 0 {
                self.hidden = None;
            }
            return TokenSinkResult::Continue;
        }
        self.flush();
        if opens {
            self.open(tag);
            raw(&tag.name)
        } else {
            self.visitor.close(&tag.name);
            TokenSinkResult::Continue
        }
    }

    fn open(&mut self, tag: &Tag) {
        let foreign = matches!(&*tag.name, "svg" | "math");
        let hide = HIDDEN.contains(&&*tag.name) || self.visitor.open(tag) == Content::Hide;
        if hide && !(foreign && tag.self_closing) {
            self.hidden = Some((tag.name.to_string(), 1));
        }
    }
}

/// Elements whose content is text, whatever it looks like (HTML 13.2.6.4).
fn raw(name: &str) -> TokenSinkResult<()> {
    match name {
        "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
        "iframe" | "noembed" | "noframes" | "style" | "xmp" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}
