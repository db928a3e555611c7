//! Calls in a text: functions, methods of expressions, operators of the user's own.

use super::meaning::Names;
use super::mistake::Mistake;
use super::term::{Kind, Term};
use crate::mapper::resolve::nearest;
use crate::sql::{BinaryOp, CompareOp, Name, Op, Tree, func, is_operator};
use crate::value::{SqlType, Value};

/// Functions that SQLAlchemy has for conditions, for names that are nearly one of them.
const FUNCTIONS: [&str; 17] = [
    "and_",
    "or_",
    "not_",
    "foreign",
    "remote",
    "cast",
    "between",
    "null",
    "true",
    "false",
    "literal",
    "collate",
    "tuple_",
    "desc",
    "asc",
    "nulls_first",
    "nulls_last",
];

/// Methods of expressions.
const METHODS: [&str; 24] = [
    "like",
    "not_like",
    "notlike",
    "ilike",
    "not_ilike",
    "notilike",
    "in_",
    "not_in",
    "notin_",
    "between",
    "is_",
    "is_not",
    "isnot",
    "is_distinct_from",
    "is_not_distinct_from",
    "startswith",
    "endswith",
    "contains",
    "concat",
    "collate",
    "op",
    "bool_op",
    "desc",
    "asc",
];

impl Names<'_> {
    pub(super) fn call(self, at: usize, callee: &Term, args: &[Term]) -> Result<Tree, Mistake> {
        match &callee.kind {
            Kind::Path(path) => match path.as_slice() {
                [name] => self.function(at, name, args),
                [package, name] if package == "func" => Ok(func::call(name.clone(), self.trees(args)?)),
                [of @ .., method] => {
                    let of = self.any_column(callee.at, of)?;
                    self.method(at, of, method, args)
                }
                [] => Err(Mistake::new(at, "a call of nothing", "write a function")),
            },
            Kind::Member(of, method) => {
                let of = self.tree(of)?;
                self.method(at, of, method, args)
            }
            Kind::Call(inner, operator) => self.operator(at, inner, operator, args),
            _ => Err(Mistake::new(
                at,
                "a call of what is no function",
                "write a function, or a method of a column",
            )),
        }
    }

    /// `a.op('||')(b)`.
    fn operator(self, at: usize, callee: &Term, operator: &[Term], args: &[Term]) -> Result<Tree, Mistake> {
        let (left, method) = match &callee.kind {
            Kind::Path(path) => match path.as_slice() {
                [of @ .., method] if !of.is_empty() => (self.any_column(callee.at, of)?, method),
                _ => return Err(Mistake::new(at, "a call of a call", "only `a.op('...')(b)` is one")),
            },
            Kind::Member(of, method) => (self.tree(of)?, method),
            _ => return Err(Mistake::new(at, "a call of a call", "only `a.op('...')(b)` is one")),
        };
        if !matches!(method.as_str(), "op" | "bool_op") {
            return Err(Mistake::new(at, "a call of a call", "only `a.op('...')(b)` is one"));
        }
        let (Some(Kind::Text(sign)), [right]) = (operator.first().map(|term| &term.kind), args) else {
            return Err(Mistake::new(
                at,
                "an operator without its sign or its operand",
                "write `a.op('...')(b)`",
            ));
        };
        if !is_operator(sign) {
            return Err(Mistake::new(at, format!("`{sign}` is no operator"), "write a word or a sign"));
        }
        Ok(Tree::node(Op::Infix(Name::from(sign.clone())), vec![left, self.tree(right)?]))
    }

    fn function(self, at: usize, name: &str, args: &[Term]) -> Result<Tree, Mistake> {
        let one = || match args {
            [only] => self.tree(only),
            _ => Err(arguments(at, name, "one argument")),
        };
        match name {
            "and_" | "or_" if args.is_empty() => Err(arguments(at, name, "conditions")),
            "and_" => Ok(Tree::all(self.trees(args)?)),
            "or_" => Ok(Tree::any(self.trees(args)?)),
            "not_" => one().map(Tree::not),
            "foreign" => one().map(Tree::foreign),
            "remote" => one().map(Tree::remote),
            "literal" => one(),
            "null" | "true" | "false" if !args.is_empty() => Err(arguments(at, name, "no arguments")),
            "null" => Ok(Tree::Value(Value::Null)),
            "true" => Ok(Tree::Value(Value::Bool(true))),
            "false" => Ok(Tree::Value(Value::Bool(false))),
            "tuple_" => Ok(Tree::node(Op::Tuple, self.trees(args)?)),
            "cast" => match args {
                [of, ty] => Ok(Tree::node(Op::Cast(sql_type(ty)?), vec![self.tree(of)?])),
                _ => Err(arguments(at, name, "an expression and a type")),
            },
            "between" => match args {
                [of, low, high] => Ok(self.tree(of)?.between(self.tree(low)?, self.tree(high)?)),
                _ => Err(arguments(at, name, "an expression and two bounds")),
            },
            "collate" => match args {
                [of, collation] => self.method(at, self.tree(of)?, name, std::slice::from_ref(collation)),
                _ => Err(arguments(at, name, "an expression and a name")),
            },
            "desc" | "asc" | "nulls_first" | "nulls_last" => {
                Err(Mistake::new(at, format!("`{name}` says an order"), "an order stands in `order_by`"))
            }
            _ => Err(Mistake::new(
                at,
                format!("there is no function `{name}`"),
                match nearest(name, FUNCTIONS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("functions of the database are written `func.{name}(...)`"),
                },
            )),
        }
    }

    fn method(self, at: usize, of: Tree, name: &str, args: &[Term]) -> Result<Tree, Mistake> {
        let one = || match args {
            [only] => self.tree(only),
            _ => Err(arguments(at, name, "one argument")),
        };
        let list = || match args {
            [Term { kind: Kind::List(items) | Kind::Tuple(items), .. }] => self.trees(items),
            _ => Err(arguments(at, name, "a list, `[a, b]`")),
        };
        let like = |of: Tree, pattern: Tree| Tree::node(Op::Like(None), vec![of, pattern]);
        let lower = |tree: Tree| func::call("lower", [tree]);
        match name {
            "like" => Ok(like(of, one()?)),
            "not_like" | "notlike" => Ok(like(of, one()?).not()),
            "ilike" => Ok(like(lower(of), lower(one()?))),
            "not_ilike" | "notilike" => Ok(like(lower(of), lower(one()?)).not()),
            "in_" => Ok(of.in_list(list()?)),
            "not_in" | "notin_" => Ok(of.in_list(list()?).not()),
            "between" => match args {
                [low, high] => Ok(of.between(self.tree(low)?, self.tree(high)?)),
                _ => Err(arguments(at, name, "two bounds")),
            },
            "is_" => Ok(of.compare(CompareOp::Same, one()?)),
            "is_not" | "isnot" => Ok(of.compare(CompareOp::Distinct, one()?)),
            "is_distinct_from" => Ok(of.compare(CompareOp::Distinct, one()?)),
            "is_not_distinct_from" => Ok(of.compare(CompareOp::Same, one()?)),
            "startswith" => self.has(of, one()?, ("", "%")),
            "endswith" => self.has(of, one()?, ("%", "")),
            "contains" => self.has(of, one()?, ("%", "%")),
            "concat" => Ok(of.binary(BinaryOp::Concat, one()?)),
            "collate" => match args {
                [Term { kind: Kind::Text(collation), .. }] => {
                    Ok(Tree::node(Op::Collate(Name::from(collation.clone())), vec![of]))
                }
                _ => Err(arguments(at, name, "a name, `'NOCASE'`")),
            },
            "desc" | "asc" => {
                Err(Mistake::new(at, format!("`{name}` says an order"), "an order stands in `order_by`"))
            }
            "op" | "bool_op" => {
                Err(Mistake::new(at, "an operator without its operand", "write `a.op('...')(b)`"))
            }
            _ => Err(Mistake::new(
                at,
                format!("an expression has no method `{name}`"),
                match nearest(name, METHODS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "compare it by `==`, `like` or `between`, or by `a.op('...')(b)`".to_owned(),
                },
            )),
        }
    }

    /// That an expression has a text at its begin, its end or anywhere: `%` and `_` count as in a pattern, as they do in
    /// SQLAlchemy.
    fn has(self, of: Tree, text: Tree, (before, behind): (&str, &str)) -> Result<Tree, Mistake> {
        let sign = |sign: &str| Tree::Value(Value::Text(sign.to_owned()));
        let pattern = match text {
            Tree::Value(Value::Text(text)) => Tree::Value(Value::Text(format!("{before}{text}{behind}"))),
            mut other => {
                if !before.is_empty() {
                    other = sign(before).binary(BinaryOp::Concat, other);
                }
                if !behind.is_empty() {
                    other = other.binary(BinaryOp::Concat, sign(behind));
                }
                other
            }
        };
        Ok(Tree::node(Op::Like(None), vec![of, pattern]))
    }
}

fn arguments(at: usize, name: &str, wanted: &str) -> Mistake {
    Mistake::new(at, format!("`{name}` takes {wanted}"), format!("give it {wanted}"))
}

/// The type that a term names, as SQLAlchemy calls them.
fn sql_type(term: &Term) -> Result<SqlType, Mistake> {
    let path = match &term.kind {
        Kind::Path(path) => Some(path),
        Kind::Call(callee, _) => match &callee.kind {
            Kind::Path(path) => Some(path),
            _ => None,
        },
        _ => None,
    };
    let name = path.and_then(|path| path.last()).map(String::as_str).unwrap_or_default();
    let found = TYPES.iter().find(|(known, _)| *known == name).map(|(_, ty)| *ty);
    found.ok_or_else(|| {
        let help = match nearest(name, TYPES.iter().map(|(known, _)| *known)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write `Integer`, `String`, `Float` or `Boolean`".to_owned(),
        };
        Mistake::new(term.at, format!("there is no type `{name}`"), help)
    })
}

const TYPES: [(&str, SqlType); 17] = [
    ("SmallInteger", SqlType::SmallInt),
    ("Integer", SqlType::Integer),
    ("BigInteger", SqlType::BigInt),
    ("Float", SqlType::Real),
    ("Double", SqlType::Double),
    ("Boolean", SqlType::Boolean),
    ("String", SqlType::Text),
    ("Text", SqlType::Text),
    ("Unicode", SqlType::Text),
    ("UnicodeText", SqlType::Text),
    ("LargeBinary", SqlType::Blob),
    ("INTEGER", SqlType::Integer),
    ("BIGINT", SqlType::BigInt),
    ("VARCHAR", SqlType::Text),
    ("TEXT", SqlType::Text),
    ("BOOLEAN", SqlType::Boolean),
    ("BLOB", SqlType::Blob),
];
