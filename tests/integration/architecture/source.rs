//! A source file cut into words, signs and string literals: as much of Rust as the rules need, and no more.

/// One file of the crate.
pub(super) struct SourceFile {
    /// As seen from the crate's root: `src/domain/post/mod.rs`.
    pub(super) path: String,
    /// The whole text.
    pub(super) text: String,
    /// The module it defines: `["domain", "post"]`.
    pub(super) module: Vec<String>,
    /// Its code without comments.
    pub(super) tokens: Vec<Token>,
}

/// A piece of code and the line it starts on, counted from 1.
pub(super) struct Token {
    pub(super) line: usize,
    kind: Kind,
}

enum Kind {
    Word(String),
    Sign(char),
    Text(String),
}

impl Token {
    /// Is it this identifier or keyword?
    pub(super) fn is_word(&self, name: &str) -> bool {
        matches!(&self.kind, Kind::Word(word) if word == name)
    }

    /// Is it this punctuation mark?
    pub(super) fn is_sign(&self, mark: char) -> bool {
        matches!(self.kind, Kind::Sign(sign) if sign == mark)
    }

    /// What a string literal holds, escapes unread.
    pub(super) fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind {
            Some(text)
        } else {
            None
        }
    }

    fn word(&self) -> Option<&str> {
        if let Kind::Word(word) = &self.kind {
            Some(word)
        } else {
            None
        }
    }
}

impl SourceFile {
    /// Cuts `text` up.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let inner = path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|name| name == "mod") {
            module.pop();
        }
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            module,
            tokens: Cutter::new(text).run(),
        }
    }

    /// The room it lies in: `domain`; `lib` and `main` are rooms of their own.
    pub(super) fn room(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    /// Every path into this crate with the line it stands on, from `crate::…` or `super::…`, groups unfolded.
    pub(super) fn looks(&self) -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        let mut inline = Vec::new();
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            match &token.kind {
                Kind::Sign('{') => depth += 1,
                Kind::Sign('}') => {
                    depth = depth.saturating_sub(1);
                    inline.retain(|(_, opened)| *opened < depth);
                }
                Kind::Word(word) if word == "mod" && self.opens_block(at + 2) => {
                    inline.extend(self.word_at(at + 1).map(|name| (name.to_owned(), depth)));
                }
                Kind::Word(word) if word == "crate" && self.is_path_sign(at + 1) => {
                    at = self.unfold(at + 3, &[], &mut found);
                    continue;
                }
                Kind::Word(word) if word == "super" && self.is_path_sign(at + 1) => {
                    let mut here = self.module.clone();
                    here.extend(inline.iter().map(|(name, _)| name.clone()));
                    while self.word_at(at) == Some("super") && self.is_path_sign(at + 1) {
                        here.pop();
                        at += 3;
                    }
                    at = self.unfold(at, &here, &mut found);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        found
    }

    /// Follows a path or a group of paths from `at`, and returns where it ends.
    fn unfold(&self, at: usize, before: &[String], found: &mut Vec<(usize, Vec<String>)>) -> usize {
        let Some(token) = self.tokens.get(at) else {
            return at;
        };
        if token.is_sign('{') {
            return self.unfold_group(at + 1, before, found);
        }
        let mut path = before.to_vec();
        let Some(name) = token.word() else {
            found.push((token.line, path));
            return at + 1;
        };
        path.push(name.to_owned());
        if self.is_path_sign(at + 1) {
            return self.unfold(at + 3, &path, found);
        }
        found.push((token.line, path));
        at + 1
    }

    fn unfold_group(
        &self,
        mut at: usize,
        before: &[String],
        found: &mut Vec<(usize, Vec<String>)>,
    ) -> usize {
        while let Some(token) = self.tokens.get(at) {
            if token.is_sign('}') {
                return at + 1;
            }
            if token.is_sign(',') {
                at += 1;
                continue;
            }
            at = self.unfold(at, before, found);
            // `as name` after a member.
            while self
                .tokens
                .get(at)
                .is_some_and(|token| !token.is_sign(',') && !token.is_sign('}'))
            {
                at += 1;
            }
        }
        at
    }

    fn word_at(&self, at: usize) -> Option<&str> {
        self.tokens.get(at).and_then(Token::word)
    }

    fn opens_block(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_sign('{'))
    }

    fn is_path_sign(&self, at: usize) -> bool {
        [at, at + 1]
            .iter()
            .all(|at| self.tokens.get(*at).is_some_and(|token| token.is_sign(':')))
    }
}

/// Walks over the characters of a file.
struct Cutter {
    rest: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Cutter {
    fn new(text: &str) -> Self {
        Self {
            rest: text.chars().collect(),
            at: 0,
            line: 1,
            tokens: Vec::new(),
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn step(&mut self) -> Option<char> {
        let next = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(next == '\n');
        Some(next)
    }

    fn push(&mut self, line: usize, kind: Kind) {
        self.tokens.push(Token { line, kind });
    }

    fn run(mut self) -> Vec<Token> {
        while let Some(next) = self.peek(0) {
            let line = self.line;
            match next {
                '/' if self.peek(1) == Some('/') => self.skip_line(),
                '/' if self.peek(1) == Some('*') => self.skip_block(),
                '"' => self.quoted(line),
                'r' | 'b' | 'c' if self.raw_hashes().is_some() => self.raw(line),
                '\'' => self.tick(),
                _ if next.is_alphanumeric() || next == '_' => self.word(line),
                _ if next.is_whitespace() => {
                    self.step();
                }
                _ => {
                    self.step();
                    self.push(line, Kind::Sign(next));
                }
            }
        }
        self.tokens
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|next| next != '\n') {
            self.step();
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 0_usize;
        while let Some(next) = self.step() {
            match (next, self.peek(0)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth = depth.saturating_sub(1),
                _ => continue,
            }
            self.step();
            if depth == 0 {
                return;
            }
        }
    }

    fn quoted(&mut self, line: usize) {
        let mut text = String::new();
        self.step();
        while let Some(next) = self.step() {
            match next {
                '"' => break,
                '\\' => {
                    text.push(next);
                    text.extend(self.step());
                }
                _ => text.push(next),
            }
        }
        self.push(line, Kind::Text(text));
    }

    /// How many hashes a raw string that starts here has, its prefix letters aside.
    fn raw_hashes(&self) -> Option<usize> {
        let letters = (0..2)
            .take_while(|ahead| matches!(self.peek(*ahead), Some('b' | 'c' | 'r')))
            .count();
        if self.peek(letters.checked_sub(1)?) != Some('r') {
            return None;
        }
        let hashes = (letters..letters + 255)
            .take_while(|ahead| self.peek(*ahead) == Some('#'))
            .count();
        (self.peek(letters + hashes) == Some('"')).then_some(hashes)
    }

    fn raw(&mut self, line: usize) {
        let hashes = self.raw_hashes().unwrap_or_default();
        while self.step().is_some_and(|next| next != '"') {}
        let mut text = String::new();
        while let Some(next) = self.step() {
            if next == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
            text.push(next);
        }
        self.push(line, Kind::Text(text));
    }

    /// A character literal or a lifetime; the rules need neither.
    fn tick(&mut self) {
        self.step();
        if self.peek(0) == Some('\\') {
            self.step();
            self.step();
            while self.step().is_some_and(|next| next != '\'') {}
        } else if self.peek(1) == Some('\'') {
            self.step();
            self.step();
        }
    }

    fn word(&mut self, line: usize) {
        let mut word = String::new();
        while let Some(next) = self
            .peek(0)
            .filter(|next| next.is_alphanumeric() || *next == '_')
        {
            word.push(next);
            self.step();
        }
        self.push(line, Kind::Word(word));
    }
}
