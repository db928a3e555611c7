//! A term as a text: reading that text gives the same term.

use std::fmt::{self, Display, Formatter, Write as _};

use super::term::{Binary, Kind, Term, Unary};

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Path(path) => f.write_str(&path.join(".")),
            Kind::None => f.write_str("None"),
            Kind::Bool(true) => f.write_str("True"),
            Kind::Bool(false) => f.write_str("False"),
            Kind::Int(number) => write!(f, "{number}"),
            Kind::Real(number) => write!(f, "{number:e}"),
            Kind::Text(text) => quoted(f, text),
            Kind::List(items) => within(f, '[', items, ']'),
            Kind::Tuple(items) => match items.as_slice() {
                [only] => write!(f, "({only},)"),
                items => within(f, '(', items, ')'),
            },
            Kind::Call(callee, args) => {
                closed(f, callee)?;
                within(f, '(', args, ')')
            }
            Kind::Member(of, name) => {
                closed(f, of)?;
                write!(f, ".{name}")
            }
            Kind::Unary(op, of) => {
                f.write_str(match op {
                    Unary::Minus => "-",
                    Unary::Not => "~",
                })?;
                match of.kind {
                    Kind::Binary(..) => write!(f, "({of})"),
                    _ => write!(f, "{of}"),
                }
            }
            Kind::Binary(op, operands) => {
                for (at, operand) in operands.iter().enumerate() {
                    if at > 0 {
                        write!(f, " {} ", op.sign())?;
                    }
                    match needs_parentheses(*op, at, operand) {
                        true => write!(f, "({operand})")?,
                        false => write!(f, "{operand}")?,
                    }
                }
                Ok(())
            }
        }
    }
}

/// Whether an operand would be read as something else without parentheses around it.
fn needs_parentheses(op: Binary, at: usize, operand: &Term) -> bool {
    let Kind::Binary(inner, _) = &operand.kind else { return false };
    match at {
        // What is read before may bind as tightly, but isn't read as more operands of it.
        0 => inner.power() < op.power() || *inner == op || op.compares() && inner.compares(),
        _ => inner.power() <= op.power(),
    }
}

/// Something behind which a point or a parenthesis may stand.
fn closed(f: &mut Formatter<'_>, term: &Term) -> fmt::Result {
    match term.kind {
        Kind::Unary(..) | Kind::Binary(..) | Kind::Int(_) | Kind::Real(_) => write!(f, "({term})"),
        _ => write!(f, "{term}"),
    }
}

fn within(f: &mut Formatter<'_>, begin: char, items: &[Term], end: char) -> fmt::Result {
    f.write_char(begin)?;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    f.write_char(end)
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('\'')?;
    for c in text.chars() {
        match c {
            '\\' | '\'' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('\'')
}
