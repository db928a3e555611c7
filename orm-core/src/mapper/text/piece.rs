//! Words and signs of a text.

use super::mistake::Mistake;

/// A word or a sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Word(String),
    Int(i64),
    Real(f64),
    Text(String),
    Sign(&'static str),
}

/// A piece, and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) at: usize,
    pub(super) piece: Piece,
}

/// All signs, the longer ones first where one begins another.
const SIGNS: [&str; 23] = [
    "==", "!=", "<=", ">=", "<<", ">>", "(", ")", "[", "]", ",", ".", "<", ">", "+", "-", "*", "/", "%", "&",
    "|", "~", "=",
];

/// Cuts a text into its pieces.
pub(super) fn pieces(text: &str) -> Result<Vec<Placed>, Mistake> {
    let mut cutter = Cutter { text, at: 0 };
    let mut pieces = Vec::new();
    while let Some(first) = cutter.peek() {
        let at = cutter.at;
        if first.is_whitespace() {
            cutter.at += first.len_utf8();
            continue;
        }
        let piece = match first {
            '\'' | '"' => cutter.text(first)?,
            '0'..='9' => cutter.number()?,
            _ if is_word(first) => Piece::Word(cutter.run(is_word_part).to_owned()),
            _ => cutter.sign()?,
        };
        pieces.push(Placed { at, piece });
    }
    Ok(pieces)
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn is_word_part(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

struct Cutter<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cutter<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// The characters from here on that are so.
    fn run(&mut self, is: fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !is(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn sign(&mut self) -> Result<Piece, Mistake> {
        let (at, rest) = (self.at, self.rest());
        let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) else {
            return Err(Mistake::new(
                at,
                "a sign that has no meaning here",
                "write an expression of columns",
            ));
        };
        if sign == "=" {
            return Err(Mistake::new(at, "`=` compares nothing", "write `==`"));
        }
        self.at += sign.len();
        Ok(Piece::Sign(sign))
    }

    fn number(&mut self) -> Result<Piece, Mistake> {
        let at = self.at;
        let is_digit = |c: char| c.is_ascii_digit();
        self.run(is_digit);
        let mut is_real = false;
        let mut after = self.rest().chars();
        if after.next() == Some('.') && after.next().is_some_and(is_digit) {
            self.at += 1;
            self.run(is_digit);
            is_real = true;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            let mut exponent = self.rest().chars().skip(1);
            let first = exponent.next();
            let signed = matches!(first, Some('+' | '-'));
            if first.is_some_and(is_digit) || (signed && exponent.next().is_some_and(is_digit)) {
                self.at += if signed { 2 } else { 1 };
                self.run(is_digit);
                is_real = true;
            }
        }
        if self.peek().is_some_and(is_word) {
            return Err(Mistake::new(
                at,
                "a number that goes over into a word",
                "put a space or a sign between them",
            ));
        }
        let digits = self.text.get(at..self.at).unwrap_or_default();
        let piece = match is_real {
            true => digits.parse().ok().filter(|real: &f64| real.is_finite()).map(Piece::Real),
            false => digits.parse().ok().map(Piece::Int),
        };
        piece.ok_or_else(|| Mistake::new(at, "a number that is too large", "integers have 64 bits"))
    }

    fn text(&mut self, quote: char) -> Result<Piece, Mistake> {
        let begin = self.at;
        self.next();
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.next() {
                None => {
                    return Err(Mistake::new(
                        begin,
                        "a text that doesn't end",
                        format!("end it by `{quote}`"),
                    ));
                }
                Some(c) if c == quote => return Ok(Piece::Text(text)),
                Some('\\') => text.push(self.escaped(at)?),
                Some(c) => text.push(c),
            }
        }
    }

    fn escaped(&mut self, at: usize) -> Result<char, Mistake> {
        Ok(match self.next() {
            Some(c @ ('\\' | '\'' | '"')) => c,
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some(kind @ ('x' | 'u')) => {
                let digits = if kind == 'x' { 2 } else { 4 };
                let number =
                    self.rest().get(..digits).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
                let c = number.and_then(|hex| char::from_u32(u32::from_str_radix(hex, 16).ok()?));
                self.at += if c.is_some() { digits } else { 0 };
                c.ok_or_else(|| {
                    Mistake::new(
                        at,
                        "an escape that is no character",
                        format!("`\\{kind}` takes {digits} hexadecimal digits"),
                    )
                })?
            }
            _ => return Err(Mistake::new(at, "an unknown escape", "write `\\\\` for a backslash")),
        })
    }
}
