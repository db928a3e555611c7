//! Expressions, with the parentheses that they need and no others.

use super::{Param, Render, Renderer};
use crate::sql::{BinaryOp, CompareOp, Expr, SelectStmt};
use crate::value::Value;

/// How tightly an expression holds together. Where databases disagree, as on `||` beside `+`, or on one
/// comparison within another, the parentheses are written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Not known: a user's SQL.
    Text,
    Or,
    And,
    Not,
    /// Comparisons, `IS NULL`, `IN`, `BETWEEN`, `LIKE`.
    Predicate,
    Concat,
    Sum,
    Product,
    Atom,
}

impl Render for Expr {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.expr(self);
    }
}

impl Renderer<'_> {
    /// An expression that stands by itself, between commas or parentheses.
    pub(super) fn expr(&mut self, expr: &Expr) {
        self.operand(expr, Level::Text);
    }

    /// An expression with a word after it, such as `DESC`.
    pub(super) fn expr_before_word(&mut self, expr: &Expr) {
        self.operand(expr, Level::Or);
    }

    /// Conditions that all have to be true.
    pub(super) fn all(&mut self, conditions: &[Expr]) {
        match conditions {
            [] => self.dialect.write_bool(true, &mut self.sql),
            [one] => self.expr(one),
            many => self.joined(" AND ", many, Level::And),
        }
    }

    fn operand(&mut self, expr: &Expr, least: Level) {
        let expr = peel(expr);
        if level(expr) < least {
            self.push("(");
            self.node(expr);
            self.push(")");
        } else {
            self.node(expr);
        }
    }

    fn node(&mut self, expr: &Expr) {
        match expr {
            Expr::Column(column) => self.column(*column),
            Expr::Value(value) => self.param(Param::Value(value.clone())),
            Expr::Param(number) => self.param(Param::Given(*number)),
            Expr::Compare(op, left, right) => self.compare(*op, left, right),
            Expr::And(all) => self.all(all),
            Expr::Or(any) if any.is_empty() => self.dialect.write_bool(false, &mut self.sql),
            Expr::Or(any) => self.joined(" OR ", any, Level::Or),
            Expr::Not(inner) => self.not(peel(inner)),
            Expr::Func(name, args) => self.func(name, args),
            Expr::Star => self.push("*"),
            Expr::Distinct(inner) => {
                self.push("DISTINCT ");
                self.expr(inner);
            }
            Expr::Tuple(items) => self.tuple(items),
            Expr::Binary(op, left, right) => self.binary(*op, left, right),
            Expr::Exists(select) => {
                self.push("EXISTS ");
                self.subquery(select);
            }
            Expr::Subquery(select) => self.subquery(select),
            Expr::Text(sql) => self.push(sql),
            Expr::Foreign(inner) | Expr::Remote(inner) => self.node(peel(inner)),
            Expr::IsNull(_) | Expr::InList(..) | Expr::InSelect(..) | Expr::Between(..) | Expr::Like(..) => {
                self.predicate(expr, false)
            }
        }
    }

    fn joined(&mut self, word: &str, terms: &[Expr], least: Level) {
        for (i, term) in terms.iter().enumerate() {
            if i > 0 {
                self.push(word);
            }
            self.operand(term, least);
        }
    }

    fn compare(&mut self, op: CompareOp, left: &Expr, right: &Expr) {
        let null = match op {
            CompareOp::Eq | CompareOp::Same => Some(" IS NULL"),
            CompareOp::Ne | CompareOp::Distinct => Some(" IS NOT NULL"),
            CompareOp::Lt | CompareOp::Le | CompareOp::Gt | CompareOp::Ge => None,
        };
        match null {
            Some(null) if is_null(right) => {
                self.operand(left, Level::Concat);
                self.push(null);
            }
            Some(null) if is_null(left) => {
                self.operand(right, Level::Concat);
                self.push(null);
            }
            _ => {
                self.operand(left, Level::Concat);
                self.push(match op {
                    CompareOp::Eq => " = ",
                    CompareOp::Ne => " <> ",
                    CompareOp::Lt => " < ",
                    CompareOp::Le => " <= ",
                    CompareOp::Gt => " > ",
                    CompareOp::Ge => " >= ",
                    CompareOp::Same => " IS NOT DISTINCT FROM ",
                    CompareOp::Distinct => " IS DISTINCT FROM ",
                });
                self.operand(right, Level::Concat);
            }
        }
    }

    /// The opposite of an expression that has no marks around it.
    fn not(&mut self, inner: &Expr) {
        match inner {
            Expr::Compare(op, left, right) => self.compare(opposite(*op), left, right),
            _ if has_opposite(inner) => self.predicate(inner, true),
            _ => {
                self.push("NOT ");
                self.operand(inner, Level::Concat);
            }
        }
    }

    /// A condition that [`has_opposite`], or that opposite.
    fn predicate(&mut self, expr: &Expr, not: bool) {
        let not_word = if not { " NOT" } else { "" };
        match expr {
            Expr::IsNull(of) => {
                self.operand(of, Level::Concat);
                self.push(if not { " IS NOT NULL" } else { " IS NULL" });
            }
            Expr::InList(_, list) if list.is_empty() => self.dialect.write_bool(not, &mut self.sql),
            Expr::InList(of, list) => {
                self.operand(of, Level::Concat);
                self.push(not_word);
                let rows = matches!(peel(of), Expr::Tuple(_)) && self.dialect.rows_in_values();
                self.push(if rows { " IN (VALUES " } else { " IN (" });
                self.list(list, Self::expr);
                self.push(")");
            }
            Expr::InSelect(of, select) => {
                self.operand(of, Level::Concat);
                self.push(not_word);
                self.push(" IN ");
                self.subquery(select);
            }
            Expr::Between(of, low, high) => {
                self.operand(of, Level::Concat);
                self.push(not_word);
                self.push(" BETWEEN ");
                self.operand(low, Level::Concat);
                self.push(" AND ");
                self.operand(high, Level::Concat);
            }
            Expr::Like(of, pattern, escape) => {
                self.operand(of, Level::Concat);
                self.push(not_word);
                self.push(" LIKE ");
                self.operand(pattern, Level::Concat);
                if let Some(escape) = escape {
                    self.push(" ESCAPE '");
                    self.push(if *escape == '\'' { "'" } else { "" });
                    self.sql.push(*escape);
                    self.push("'");
                }
            }
            other => self.node(other),
        }
    }

    fn func(&mut self, name: &str, args: &[Expr]) {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        if plain && !name.is_empty() {
            self.push(name)
        } else {
            self.name(name)
        }
        self.tuple(args);
    }

    fn tuple(&mut self, items: &[Expr]) {
        self.push("(");
        self.list(items, Self::expr);
        self.push(")");
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) {
        let (word, least_left, least_right) = match op {
            BinaryOp::Add => (" + ", Level::Sum, Level::Product),
            BinaryOp::Sub => (" - ", Level::Sum, Level::Product),
            BinaryOp::Mul => (" * ", Level::Product, Level::Atom),
            BinaryOp::Div => (" / ", Level::Product, Level::Atom),
            BinaryOp::Concat if level(peel(left)) == Level::Concat => (" || ", Level::Concat, Level::Atom),
            BinaryOp::Concat => (" || ", Level::Atom, Level::Atom),
        };
        self.operand(left, least_left);
        self.push(word);
        self.operand(right, least_right);
    }

    pub(super) fn subquery(&mut self, select: &SelectStmt) {
        self.push("(");
        select.render_into(self);
        self.push(")");
    }
}

/// Without what isn't written: marks, and AND and OR of one term.
fn peel(mut expr: &Expr) -> &Expr {
    loop {
        expr = match expr {
            Expr::Foreign(inner) | Expr::Remote(inner) => inner,
            Expr::And(list) | Expr::Or(list) => match list.as_slice() {
                [only] => only,
                _ => return expr,
            },
            other => return other,
        }
    }
}

fn is_null(expr: &Expr) -> bool {
    matches!(peel(expr), Expr::Value(Value::Null))
}

fn is_empty_list(expr: &Expr) -> bool {
    matches!(expr, Expr::InList(_, list) if list.is_empty())
}

/// Whether `NOT` is written within it.
fn has_opposite(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::IsNull(_) | Expr::InList(..) | Expr::InSelect(..) | Expr::Between(..) | Expr::Like(..)
    )
}

/// Both are unknown for `NULL`, so that this is `NOT` exactly.
fn opposite(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Eq => CompareOp::Ne,
        CompareOp::Ne => CompareOp::Eq,
        CompareOp::Lt => CompareOp::Ge,
        CompareOp::Le => CompareOp::Gt,
        CompareOp::Gt => CompareOp::Le,
        CompareOp::Ge => CompareOp::Lt,
        CompareOp::Same => CompareOp::Distinct,
        CompareOp::Distinct => CompareOp::Same,
    }
}

/// The level of an expression that [`peel`] gave.
fn level(expr: &Expr) -> Level {
    match expr {
        Expr::Text(_) => Level::Text,
        Expr::Or(any) if !any.is_empty() => Level::Or,
        Expr::And(all) if !all.is_empty() => Level::And,
        Expr::Not(inner) => match peel(inner) {
            inner if is_empty_list(inner) => Level::Atom,
            inner if has_opposite(inner) || matches!(inner, Expr::Compare(..)) => Level::Predicate,
            _ => Level::Not,
        },
        Expr::InList(_, list) if list.is_empty() => Level::Atom,
        Expr::Compare(..)
        | Expr::IsNull(_)
        | Expr::InList(..)
        | Expr::InSelect(..)
        | Expr::Between(..)
        | Expr::Like(..) => Level::Predicate,
        Expr::Binary(BinaryOp::Concat, ..) => Level::Concat,
        Expr::Binary(BinaryOp::Add | BinaryOp::Sub, ..) => Level::Sum,
        Expr::Binary(BinaryOp::Mul | BinaryOp::Div, ..) => Level::Product,
        Expr::Column(_)
        | Expr::Value(_)
        | Expr::Param(_)
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Func(..)
        | Expr::Star
        | Expr::Distinct(_)
        | Expr::Tuple(_)
        | Expr::Exists(_)
        | Expr::Subquery(_)
        | Expr::Foreign(_)
        | Expr::Remote(_) => Level::Atom,
    }
}
