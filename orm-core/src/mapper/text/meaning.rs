//! What the names of a term mean: columns of classes and tables, functions, methods.

use super::mistake::{Mistake, of_no_table, unknown};
use super::parse::parse;
use super::query::TextQuery;
use super::term::{Binary, Kind, Term, Unary};
use crate::declare::{ColumnName, ModelDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::mapper::resolve::{self, nearest};
use crate::sql::{BinaryOp, ColumnRef, CompareOp, Op, Tree};
use crate::value::{SqlType, Value};

/// The classes and tables that names may mean.
#[derive(Clone, Copy)]
pub(in crate::mapper) struct Names<'a> {
    pub(in crate::mapper) models: &'a [&'static ModelDecl],
    pub(in crate::mapper) tables: &'a [&'static TableDecl],
    /// The queries with a name that the rows of the relationship come from. They are asked for where a name is no other.
    pub(in crate::mapper) queries: &'a dyn Fn() -> Vec<TextQuery>,
}

/// The condition that a text says.
///
/// # Errors
/// `join-condition` where it isn't one, `unknown-name` and `ambiguous-name` where a name has no meaning.
pub(in crate::mapper) fn condition(names: Names<'_>, option: &str, text: &str) -> Result<Tree> {
    read(option, text, |term| names.tree(term))
}

/// The columns that a text names: one, or several in brackets or between commas.
///
/// # Errors
/// As [`condition`].
pub(in crate::mapper) fn columns(names: Names<'_>, option: &str, text: &str) -> Result<Vec<ColumnName>> {
    read(option, text, |term| {
        let column = |term: &Term| match &term.kind {
            Kind::Path(path) => {
                names.column(term.at, path).map(|(table, column)| ColumnName::new(table, column))
            }
            _ => Err(Mistake::new(term.at, "something else than a column", "write `Class.attribute`")),
        };
        listed(term).iter().map(column).collect()
    })
}

pub(super) fn read<T>(
    option: &str,
    text: &str,
    meaning: impl FnOnce(&Term) -> Result<T, Mistake>,
) -> Result<T> {
    parse(text).and_then(|term| meaning(&term)).map_err(|mistake| mistake.error(option, text))
}

/// The terms of a list, or the only one.
pub(super) fn listed(term: &Term) -> &[Term] {
    match &term.kind {
        Kind::List(terms) | Kind::Tuple(terms) => terms,
        _ => std::slice::from_ref(term),
    }
}

impl Names<'_> {
    pub(super) fn tree(self, term: &Term) -> Result<Tree, Mistake> {
        let tree = match &term.kind {
            Kind::Path(path) => self.any_column(term.at, path)?,
            Kind::None => Tree::Value(Value::Null),
            Kind::Bool(value) => Tree::Value(Value::Bool(*value)),
            Kind::Int(number) => Tree::Value(Value::Int(*number)),
            Kind::Real(number) => Tree::Value(Value::Real(*number)),
            Kind::Text(text) => Tree::Value(Value::Text(text.clone())),
            Kind::List(_) => return Err(Mistake::new(term.at, "a list", "a list stands in `in_([...])`")),
            Kind::Tuple(items) => Tree::node(Op::Tuple, self.trees(items)?),
            Kind::Member(_, name) => {
                return Err(Mistake::new(
                    term.at,
                    format!("`{name}` isn't called"),
                    format!("write `{name}(...)`"),
                ));
            }
            Kind::Unary(Unary::Not, of) => self.tree(of)?.not(),
            Kind::Unary(Unary::Minus, of) => match self.tree(of)? {
                Tree::Value(Value::Int(number)) => Tree::Value(Value::Int(number.saturating_neg())),
                Tree::Value(Value::Real(number)) => Tree::Value(Value::Real(-number)),
                other => Tree::node(Op::Neg, vec![other]),
            },
            Kind::Binary(op, operands) => self.binary(*op, operands)?,
            Kind::Call(callee, args) => self.call(term.at, callee, args)?,
        };
        match tree {
            Tree::TooDeep => {
                Err(Mistake::new(term.at, "it nests too deep here", "write a shorter condition"))
            }
            tree => Ok(tree),
        }
    }

    pub(super) fn trees(self, terms: &[Term]) -> Result<Vec<Tree>, Mistake> {
        terms.iter().map(|term| self.tree(term)).collect()
    }

    fn binary(self, op: Binary, operands: &[Term]) -> Result<Tree, Mistake> {
        let compare = |op: CompareOp| -> Result<Tree, Mistake> {
            let [left, right] = operands else {
                let at = operands.first().map_or(0, |term| term.at);
                return Err(Mistake::new(at, "a comparison of other than two", "compare two expressions"));
            };
            let (left, right) = (self.tree(left)?, self.tree(right)?);
            // `None` on the left means the same as on the right.
            Ok(match left {
                Tree::Value(Value::Null) => right.compare(op, left),
                left => left.compare(op, right),
            })
        };
        let arithmetic = |op: BinaryOp| -> Result<Tree, Mistake> {
            let trees = self.trees(operands)?;
            let joined = trees.into_iter().reduce(|left, right| left.binary(op, right));
            Ok(joined.unwrap_or_else(|| Tree::all([])))
        };
        match op {
            Binary::Eq => compare(CompareOp::Eq),
            Binary::Ne => compare(CompareOp::Ne),
            Binary::Lt => compare(CompareOp::Lt),
            Binary::Le => compare(CompareOp::Le),
            Binary::Gt => compare(CompareOp::Gt),
            Binary::Ge => compare(CompareOp::Ge),
            Binary::Or => Ok(Tree::any(self.trees(operands)?)),
            Binary::And => Ok(Tree::all(self.trees(operands)?)),
            Binary::Left => arithmetic(BinaryOp::ShiftLeft),
            Binary::Right => arithmetic(BinaryOp::ShiftRight),
            // Texts are put one after the other, numbers are added.
            Binary::Add if operands.iter().any(|term| self.is_text(term)) => arithmetic(BinaryOp::Concat),
            Binary::Add => arithmetic(BinaryOp::Add),
            Binary::Sub => arithmetic(BinaryOp::Sub),
            Binary::Mul => arithmetic(BinaryOp::Mul),
            Binary::Div => arithmetic(BinaryOp::Div),
            Binary::Rem => arithmetic(BinaryOp::Rem),
        }
    }

    /// Whether a term is a text: a literal, a column of texts, or such put together.
    fn is_text(self, term: &Term) -> bool {
        match &term.kind {
            Kind::Text(_) => true,
            Kind::Binary(Binary::Add, operands) => operands.iter().any(|term| self.is_text(term)),
            Kind::Path(path) => self.column(term.at, path).is_ok_and(|(table, name)| {
                let table = self.tables.iter().find(|known| known.name == table);
                let column = table.and_then(|table| table.column(name));
                column.is_some_and(|column| column.ty == SqlType::Text)
            }),
            Kind::Call(callee, args) => match &callee.kind {
                Kind::Path(path) if matches!(path.as_slice(), [mark] if mark == "foreign" || mark == "remote") => {
                    args.iter().any(|term| self.is_text(term))
                }
                Kind::Path(path) => path.last().is_some_and(|method| method == "concat"),
                Kind::Member(_, method) => method == "concat",
                _ => false,
            },
            _ => false,
        }
    }

    /// The table and the column that a path names: `Class.attribute`, with modules before it, or `table.c.column`.
    pub(super) fn column(self, at: usize, path: &[String]) -> Result<(&'static str, &'static str), Mistake> {
        let error = |error: Error| Mistake {
            at,
            what: error.message().to_owned(),
            help: error.mend().unwrap_or("write `Class.attribute`").to_owned(),
            code: error.code(),
        };
        match path {
            [table @ .., c, column] if c == "c" && !table.is_empty() => {
                let table = resolve::table_of_text(self.tables, &table.join(".")).map_err(error)?;
                match table.columns.iter().find(|known| known.name == column) {
                    Some(found) if found.expression.is_some() => Err(of_no_table(at, table.name, column)),
                    Some(found) => Ok((table.name, found.name)),
                    None => {
                        Err(unknown(at, table.name, column, table.columns.iter().map(|known| known.name)))
                    }
                }
            }
            [class @ .., attribute] if !class.is_empty() => {
                let found = resolve::class(self.models, &class.join("::")).map_err(error)?;
                let Some(model) = self.models.get(found) else { return Err(unknown(at, "", attribute, [])) };
                let mut columns = model.table.columns.iter();
                let attribute = model.attribute(attribute);
                if let Some(found) = columns.find(|known| known.attribute == attribute) {
                    if found.expression.is_some() {
                        return Err(of_no_table(at, model.class, attribute));
                    }
                    return Ok((model.table.name, found.name));
                }
                if model.relations.iter().any(|relation| relation.name == attribute) {
                    let what = format!("`{}.{attribute}` is a relationship", model.class);
                    return Err(Mistake::new(at, what, "name the columns that it goes by"));
                }
                Err(unknown(
                    at,
                    model.class,
                    attribute,
                    model.table.columns.iter().map(|known| known.attribute),
                ))
            }
            _ => Err(Mistake::new(
                at,
                "a name that is no column",
                "write `Class.attribute` or `table.c.column`",
            )),
        }
    }

    /// The column that a path names: of a class, of a table, or else of a query.
    pub(super) fn any_column(self, at: usize, path: &[String]) -> Result<Tree, Mistake> {
        let mistake = match self.column(at, path) {
            Ok((table, column)) => return Ok(Tree::Column(ColumnRef::new(table, column))),
            Err(mistake) => mistake,
        };
        let (query, column) = match path {
            [query, column] => (query, column),
            [query, c, column] if c == "c" => (query, column),
            _ => return Err(mistake),
        };
        let queries = (self.queries)();
        if let Some(found) = queries.iter().find(|known| known.name() == query) {
            return found.column(at, column);
        }
        match nearest(query, queries.iter().map(|known| known.name())) {
            Some(near) if mistake.code == Code::UnknownName && !mistake.help.starts_with("did you") => {
                Err(Mistake { help: format!("did you mean `{near}`?"), ..mistake })
            }
            _ => Err(mistake),
        }
    }
}
