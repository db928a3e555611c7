//! A text becomes a term: by the precedence of operators, which is Python's.

use super::mistake::Mistake;
use super::piece::{Piece, Placed, pieces};
use super::term::{Binary, Kind, MAX_DEPTH, Term, Unary};

/// The term that a text says.
///
/// # Errors
/// Where it isn't one.
pub(super) fn parse(text: &str) -> Result<Term, Mistake> {
    let pieces = pieces(text)?;
    let mut parser = Parser { pieces: &pieces, end: text.len(), next: 0, within: 0 };
    let term = parser.term(1)?;
    match parser.peek() {
        None => Ok(term),
        Some(Piece::Word(word)) if matches!(word.as_str(), "and" | "or" | "in" | "is" | "not") => {
            Err(parser.keyword(word))
        }
        Some(Piece::Sign(sign)) if Binary::of(sign).is_some() => Err(Mistake::new(
            parser.at(),
            "a comparison of a comparison",
            "put parentheses around the comparisons, and `&` between them",
        )),
        Some(_) => Err(Mistake::new(
            parser.at(),
            "something more than one expression",
            "write an operator before it",
        )),
    }
}

struct Parser<'a> {
    pieces: &'a [Placed],
    end: usize,
    next: usize,
    /// How many terms are being read within one another.
    within: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Piece> {
        self.pieces.get(self.next).map(|placed| &placed.piece)
    }

    fn at(&self) -> usize {
        self.pieces.get(self.next).map_or(self.end, |placed| placed.at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Piece::Sign(other)) if *other == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Mistake> {
        if self.takes(sign) {
            return Ok(());
        }
        if let Some(Piece::Word(word)) = self.peek()
            && matches!(word.as_str(), "and" | "or" | "in" | "is" | "not" | "if" | "for")
        {
            return Err(self.keyword(word));
        }
        Err(Mistake::new(
            self.at(),
            format!("`{sign}` is missing"),
            format!("write `{sign}` here, or an operator"),
        ))
    }

    fn keyword(&self, word: &str) -> Mistake {
        let help = match word {
            "and" => "write `and_(a, b)`, or `(a) & (b)`",
            "or" => "write `or_(a, b)`, or `(a) | (b)`",
            "not" => "write `not_(a)`, or `~(a)`",
            "in" => "write `a.in_([b, c])`",
            "is" => "write `a.is_(None)`",
            _ => "write an expression of columns",
        };
        Mistake::new(self.at(), format!("`{word}` is no operator of SQL expressions"), help)
    }

    /// A term whose operators bind at least so tightly.
    fn term(&mut self, power: u8) -> Result<Term, Mistake> {
        self.within += 1;
        if self.within > MAX_DEPTH {
            return Err(self.too_deep());
        }
        let mut left = self.unary()?;
        while let Some(op) = self.operator().filter(|op| op.power() >= power) {
            let at = left.at;
            let mut operands = vec![left];
            let within = op.power() + 1;
            while self.operator() == Some(op) {
                self.next += 1;
                operands.push(self.term(within)?);
                if op.compares() {
                    break;
                }
            }
            left = self.over(at, Kind::Binary(op, operands))?;
            if op.compares() {
                break;
            }
        }
        self.within -= 1;
        Ok(left)
    }

    fn operator(&self) -> Option<Binary> {
        match self.peek() {
            Some(Piece::Sign(sign)) => Binary::of(sign),
            _ => None,
        }
    }

    fn unary(&mut self) -> Result<Term, Mistake> {
        let at = self.at();
        let mut signs = Vec::new();
        loop {
            if self.takes("-") {
                signs.push(Unary::Minus);
            } else if self.takes("~") {
                signs.push(Unary::Not);
            } else {
                break;
            }
        }
        let mut term = self.postfix()?;
        while let Some(sign) = signs.pop() {
            term = self.over(at, Kind::Unary(sign, Box::new(term)))?;
        }
        Ok(term)
    }

    /// Something with the members and calls behind it.
    fn postfix(&mut self) -> Result<Term, Mistake> {
        let mut term = self.primary()?;
        loop {
            let at = term.at;
            if self.takes(".") {
                let Some(Piece::Word(name)) = self.peek() else {
                    return Err(Mistake::new(
                        self.at(),
                        "a name is missing",
                        "write a column or a method behind the point",
                    ));
                };
                let name = name.clone();
                self.next += 1;
                term = match term.kind {
                    Kind::Path(mut path) => {
                        path.push(name);
                        Term { at, depth: 1, kind: Kind::Path(path) }
                    }
                    kind => {
                        self.over(at, Kind::Member(Box::new(Term { at, depth: term.depth, kind }), name))?
                    }
                };
            } else if self.takes("(") {
                let (args, _) = self.list(")")?;
                term = self.over(at, Kind::Call(Box::new(term), args))?;
            } else if matches!(self.peek(), Some(Piece::Sign("["))) {
                return Err(Mistake::new(
                    self.at(),
                    "an index",
                    "write a column, or a list where one is wanted",
                ));
            } else {
                return Ok(term);
            }
        }
    }

    fn primary(&mut self) -> Result<Term, Mistake> {
        let at = self.at();
        let Some(piece) = self.peek().cloned() else {
            return Err(Mistake::new(at, "an expression is missing", "write a column or a value"));
        };
        self.next += 1;
        let kind = match piece {
            Piece::Int(number) => Kind::Int(number),
            Piece::Real(number) => Kind::Real(number),
            Piece::Text(text) => Kind::Text(text),
            Piece::Word(word) => match word.as_str() {
                "None" => Kind::None,
                "True" => Kind::Bool(true),
                "False" => Kind::Bool(false),
                "and" | "or" | "in" | "is" | "not" | "if" | "for" | "lambda" => {
                    self.next -= 1;
                    return Err(self.keyword(&word));
                }
                _ => Kind::Path(vec![word]),
            },
            Piece::Sign("[") => {
                let (items, _) = self.list("]")?;
                return self.over(at, Kind::List(items));
            }
            Piece::Sign("(") => {
                let (mut items, has_comma) = self.list(")")?;
                return match (items.len(), items.pop()) {
                    (1, Some(only)) if !has_comma => Ok(only),
                    (_, Some(last)) => {
                        items.push(last);
                        self.over(at, Kind::Tuple(items))
                    }
                    (_, None) => {
                        Err(Mistake::new(at, "empty parentheses", "write an expression within them"))
                    }
                };
            }
            Piece::Sign(sign) => {
                return Err(Mistake::new(
                    at,
                    format!("`{sign}` where an expression is wanted"),
                    "write a column or a value",
                ));
            }
        };
        Ok(Term { at, depth: 1, kind })
    }

    /// Terms with commas between them, up to a sign, and whether a comma stands among or behind them.
    fn list(&mut self, end: &str) -> Result<(Vec<Term>, bool), Mistake> {
        let (mut items, mut has_comma) = (Vec::new(), false);
        while !self.takes(end) {
            items.push(self.term(1)?);
            if !self.takes(",") {
                self.expect(end)?;
                break;
            }
            has_comma = true;
        }
        Ok((items, has_comma))
    }

    /// A term over others, which nests no deeper than is allowed.
    fn over(&self, at: usize, kind: Kind) -> Result<Term, Mistake> {
        let deepest = |terms: &[Term]| terms.iter().map(|term| term.depth).max().unwrap_or(0);
        let depth = 1 + match &kind {
            Kind::List(terms) | Kind::Tuple(terms) | Kind::Binary(_, terms) => deepest(terms),
            Kind::Call(callee, terms) => callee.depth.max(deepest(terms)),
            Kind::Member(term, _) | Kind::Unary(_, term) => term.depth,
            Kind::Path(_) | Kind::None | Kind::Bool(_) | Kind::Int(_) | Kind::Real(_) | Kind::Text(_) => 0,
        };
        if depth > MAX_DEPTH {
            return Err(self.too_deep());
        }
        Ok(Term { at, depth, kind })
    }

    fn too_deep(&self) -> Mistake {
        Mistake::new(
            self.at().min(self.end),
            "it nests too deep here",
            format!("write it as an expression of columns: a text nests at most {MAX_DEPTH} deep"),
        )
    }
}
