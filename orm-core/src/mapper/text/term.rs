//! `Term`: what a text says, before its names have a meaning.

/// A term, and where it begins in its text.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) at: usize,
    /// How deep it nests.
    pub(super) depth: usize,
    pub(super) kind: Kind,
}

/// Two terms that say the same are equal, wherever they stand.
impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a term is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Names with points between them, `User.id`.
    Path(Vec<String>),
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    /// `[a, b]`.
    List(Vec<Term>),
    /// `(a, b)`.
    Tuple(Vec<Term>),
    /// `f(a, b)`.
    Call(Box<Term>, Vec<Term>),
    /// A member of what isn't a path, `f(a).like`.
    Member(Box<Term>, String),
    /// An operator before its operand.
    Unary(Unary, Box<Term>),
    /// The same operator between several operands; a comparison has two.
    Binary(Binary, Vec<Term>),
}

/// How deep a text may nest.
pub(super) const MAX_DEPTH: usize = 100;

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unary {
    /// `-`
    Minus,
    /// `~`
    Not,
}

macro_rules! binary {
    ($($name:ident $sign:literal $power:literal,)*) => {
        /// An operator between two operands, or more.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Binary {
            $(#[doc = concat!("`", $sign, "`")] $name,)*
        }

        impl Binary {
            /// The operator that is written so.
            pub(super) fn of(sign: &str) -> Option<Self> {
                match sign {
                    $($sign => Some(Binary::$name),)*
                    _ => None,
                }
            }

            /// How it is written.
            pub(super) fn sign(self) -> &'static str {
                match self {
                    $(Binary::$name => $sign,)*
                }
            }

            /// How tightly it binds: as in Python, where comparisons bind least.
            pub(super) fn power(self) -> u8 {
                match self {
                    $(Binary::$name => $power,)*
                }
            }
        }
    };
}

binary! {
    Eq "==" 1,
    Ne "!=" 1,
    Lt "<" 1,
    Le "<=" 1,
    Gt ">" 1,
    Ge ">=" 1,
    Or "|" 2,
    And "&" 3,
    Left "<<" 4,
    Right ">>" 4,
    Add "+" 5,
    Sub "-" 5,
    Mul "*" 6,
    Div "/" 6,
    Rem "%" 6,
}

impl Binary {
    /// Whether it compares: then it has two operands, of which none is a comparison.
    pub(super) fn compares(self) -> bool {
        self.power() == 1
    }
}
