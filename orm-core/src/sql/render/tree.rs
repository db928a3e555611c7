//! Expressions, with the parentheses that they need and no others.

use super::{Param, Render, Renderer};
use crate::sql::{BinaryOp, CompareOp, Op, SelectStmt, Tree};
use crate::value::Value;

/// How tightly an expression holds together. Where databases disagree, as on `||` beside `+`, or on one
/// comparison within another, the parentheses are written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
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

/// How many terms of AND and OR stand in one row. Databases count `a OR b OR c` as nested: SQLite refuses a thousand
/// terms. Longer lists are written in halves.
const TERMS: usize = 100;

impl Render for Tree {
    fn render_into(&self, out: &mut Renderer<'_>) {
        out.tree(self);
    }
}

impl Renderer<'_> {
    /// An expression that stands by itself, between commas or parentheses.
    pub(super) fn tree(&mut self, tree: &Tree) {
        self.operand(tree, Level::Text);
    }

    /// An expression with a word after it, such as `DESC`.
    pub(super) fn tree_before_word(&mut self, tree: &Tree) {
        self.operand(tree, Level::Or);
    }

    /// Conditions that all have to be true.
    pub(super) fn all(&mut self, conditions: &[Tree]) {
        match conditions {
            [] => self.dialect.write_bool(true, &mut self.sql),
            [one] => self.tree(one),
            many => self.joined(" AND ", many, Level::And),
        }
    }

    pub(super) fn operand(&mut self, tree: &Tree, least: Level) {
        let tree = peel(tree);
        if level(tree) < least {
            self.push("(");
            self.node(tree);
            self.push(")");
        } else {
            self.node(tree);
        }
    }

    pub(super) fn node(&mut self, tree: &Tree) {
        match tree {
            Tree::Late(never) => match *never {},
            Tree::Column(column) => self.column(column),
            Tree::Value(value) => self.param(Param::Value(value.clone())),
            Tree::Param(number) => self.param(Param::Given(*number)),
            Tree::Text(sql) => self.push(sql),
            Tree::Label(name) => self.name(name),
            Tree::Ordinal(place) => self.push(&place.to_string()),
            Tree::Exists(select) => {
                self.push("EXISTS ");
                self.subquery(select);
            }
            Tree::Subquery(select) => self.subquery(select),
            // Whoever builds a statement refuses it before; a database refuses it at the latest.
            Tree::TooDeep => self.push("(too deep)"),
            Tree::Node(op, _, operands) => self.operation(op, operands, false),
        }
    }

    /// An operator with its operands, or the opposite of it where that is written within it.
    fn operation(&mut self, op: &Op, operands: &[Tree], not: bool) {
        match (op, operands) {
            (Op::Compare(op), [left, right]) => {
                self.compare(if not { opposite(*op) } else { *op }, left, right)
            }
            (Op::And, all) => self.all(all),
            (Op::Or, []) => self.dialect.write_bool(false, &mut self.sql),
            (Op::Or, any) => self.joined(" OR ", any, Level::Or),
            (Op::Not, [inner]) => self.not(peel(inner)),
            (Op::Func(name), args) => self.func(name, args),
            (Op::Star, _) => self.push("*"),
            (Op::Distinct, [inner]) => {
                self.push("DISTINCT ");
                self.tree(inner);
            }
            (Op::Tuple, items) => self.tuple(items),
            (Op::Binary(op), [left, right]) => self.binary(*op, left, right),
            (Op::Neg, [of]) => self.unary("-", of),
            (Op::BitNot, [of]) => self.unary("~", of),
            (Op::Collate(name), [of]) => {
                self.operand(of, Level::Atom);
                self.push(" COLLATE ");
                self.word(name);
            }
            (Op::Infix(word), [left, right]) => {
                self.operand(left, Level::Atom);
                self.push(" ");
                self.push(word);
                self.push(" ");
                self.operand(right, Level::Atom);
            }
            (Op::Sql(sql), operands) => self.user_sql(sql, operands),
            (Op::Case, branches) => self.case(branches),
            (Op::Filter, [function, condition]) => {
                self.operand(function, Level::Atom);
                self.push(" FILTER (WHERE ");
                self.tree(condition);
                self.push(")");
            }
            (Op::Over(frame), [function, window @ ..]) => self.over(function, window, *frame),
            (Op::PartitionBy, terms) => self.list(terms, Self::tree),
            (Op::Ordered(order), [term]) => self.ordered(term, *order),
            (Op::Foreign | Op::Remote, [inner]) => self.node(peel(inner)),
            (Op::Within(query), columns) => match query.about(columns) {
                Ok(tree) => self.node(&tree),
                // Configuring the classes says why.
                Err(_) => self.push("(no query)"),
            },
            (Op::IsNull, [of]) => {
                self.operand(of, Level::Concat);
                self.push(if not { " IS NOT NULL" } else { " IS NULL" });
            }
            (Op::In, [_]) => self.dialect.write_bool(not, &mut self.sql),
            (Op::In, [of, list @ ..]) => self.in_list(of, list, not),
            (Op::InList, [of, Tree::Param(list)]) => self.in_bound_list(of, *list, not),
            (Op::Between, [of, low, high]) => {
                self.operand(of, Level::Concat);
                self.push(if not { " NOT BETWEEN " } else { " BETWEEN " });
                self.operand(low, Level::Concat);
                self.push(" AND ");
                self.operand(high, Level::Concat);
            }
            (Op::Has(place), [of, Tree::Value(Value::Text(text))]) => {
                let has = self.dialect.has_text(of.clone(), *place, text);
                if not { self.not(&has) } else { self.node(&has) }
            }
            (Op::Cast(ty), [of]) => {
                self.push("CAST(");
                self.tree_before_word(of);
                self.push(" AS ");
                self.push(self.dialect.type_name(*ty));
                self.push(")");
            }
            (Op::Like(escape), [of, pattern]) => self.like(of, pattern, *escape, not),
            // Constructors give each operator its operands.
            (
                Op::Compare(_)
                | Op::Not
                | Op::Distinct
                | Op::Binary(_)
                | Op::Neg
                | Op::BitNot
                | Op::Collate(_)
                | Op::Infix(_)
                | Op::Filter
                | Op::Over(_)
                | Op::Ordered(_)
                | Op::Foreign
                | Op::Remote
                | Op::IsNull
                | Op::In
                | Op::InList
                | Op::Between
                | Op::Like(_)
                | Op::Has(_)
                | Op::Cast(_),
                operands,
            ) => self.tuple(operands),
        }
    }

    fn joined(&mut self, word: &str, terms: &[Tree], least: Level) {
        if terms.len() > TERMS {
            let (first, second) = terms.split_at(terms.len() / 2);
            self.push("(");
            self.joined(word, first, least);
            self.push(")");
            self.push(word);
            self.push("(");
            self.joined(word, second, least);
            self.push(")");
            return;
        }
        for (i, term) in terms.iter().enumerate() {
            if i > 0 {
                self.push(word);
            }
            self.operand(term, least);
        }
    }

    fn compare(&mut self, op: CompareOp, left: &Tree, right: &Tree) {
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

    /// The opposite of an expression that has no marks around it.
    fn not(&mut self, inner: &Tree) {
        match inner {
            Tree::Node(op, _, operands) if matches!(op, Op::Compare(_)) || has_opposite(op) => {
                self.operation(op, operands, true);
            }
            _ => {
                self.push("NOT ");
                self.operand(inner, Level::Concat);
            }
        }
    }

    pub(super) fn func(&mut self, name: &str, args: &[Tree]) {
        self.word(name);
        let is_argument = |arg: &&Tree| !matches!(arg, Tree::Node(Op::Ordered(_), ..));
        let (args, order) = args.split_at(args.iter().take_while(is_argument).count());
        self.push("(");
        self.list(args, Self::tree);
        if !order.is_empty() {
            self.push(" ORDER BY ");
            self.list(order, Self::tree);
        }
        self.push(")");
    }

    /// A name that is written as it is where it is a plain word, else quoted.
    pub(super) fn word(&mut self, name: &str) {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        if plain && !name.is_empty() { self.push(name) } else { self.name(name) }
    }

    fn unary(&mut self, sign: &str, of: &Tree) {
        self.push(sign);
        // Two signs in a row would begin a comment.
        let is_signed = matches!(peel(of), Tree::Node(Op::Neg | Op::BitNot, ..));
        self.push(if is_signed { " " } else { "" });
        self.operand(of, Level::Atom);
    }

    pub(super) fn tuple(&mut self, items: &[Tree]) {
        self.push("(");
        self.list(items, Self::tree);
        self.push(")");
    }

    fn binary(&mut self, op: BinaryOp, left: &Tree, right: &Tree) {
        let (word, least_left, least_right) = match op {
            BinaryOp::Add => (" + ", Level::Sum, Level::Product),
            BinaryOp::Sub => (" - ", Level::Sum, Level::Product),
            BinaryOp::Mul => (" * ", Level::Product, Level::Atom),
            BinaryOp::Div => (" / ", Level::Product, Level::Atom),
            BinaryOp::Rem => (" % ", Level::Product, Level::Atom),
            BinaryOp::BitAnd => (" & ", Level::Atom, Level::Atom),
            BinaryOp::BitOr => (" | ", Level::Atom, Level::Atom),
            BinaryOp::ShiftLeft => (" << ", Level::Atom, Level::Atom),
            BinaryOp::ShiftRight => (" >> ", Level::Atom, Level::Atom),
            BinaryOp::Concat if matches!(peel(left), Tree::Node(Op::Binary(BinaryOp::Concat), ..)) => {
                (" || ", Level::Concat, Level::Atom)
            }
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
pub(super) fn peel(mut tree: &Tree) -> &Tree {
    while let Tree::Node(Op::Foreign | Op::Remote | Op::And | Op::Or, _, operands) = tree {
        match operands.as_slice() {
            [only] => tree = only,
            _ => break,
        }
    }
    tree
}

/// Whether `NOT` is written within it.
fn has_opposite(op: &Op) -> bool {
    matches!(op, Op::IsNull | Op::In | Op::InList | Op::Between | Op::Like(_) | Op::Has(_))
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
fn level(tree: &Tree) -> Level {
    let Tree::Node(op, _, operands) = tree else {
        return if matches!(tree, Tree::Text(_)) { Level::Text } else { Level::Atom };
    };
    match op {
        Op::Or if !operands.is_empty() => Level::Or,
        Op::And if !operands.is_empty() => Level::And,
        Op::Not => match operands.first().map(peel) {
            Some(Tree::Node(Op::In, _, operands)) if operands.len() == 1 => Level::Atom,
            Some(Tree::Node(op, ..)) if has_opposite(op) || matches!(op, Op::Compare(_)) => Level::Predicate,
            _ => Level::Not,
        },
        Op::In if operands.len() == 1 => Level::Atom,
        Op::Compare(_) | Op::IsNull | Op::In | Op::InList | Op::Between | Op::Like(_) | Op::Has(_) => {
            Level::Predicate
        }
        // Of these, each database has its own rule beside the others.
        Op::Binary(
            BinaryOp::Concat
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::ShiftLeft
            | BinaryOp::ShiftRight,
        )
        | Op::Collate(_) => Level::Concat,
        Op::Infix(_) => Level::Predicate,
        Op::Sql(_) | Op::Ordered(_) => Level::Text,
        Op::Neg | Op::BitNot => Level::Product,
        Op::Binary(BinaryOp::Add | BinaryOp::Sub) => Level::Sum,
        Op::Binary(BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem) => Level::Product,
        Op::And
        | Op::Or
        | Op::Func(_)
        | Op::Cast(_)
        | Op::Star
        | Op::Distinct
        | Op::Tuple
        | Op::Case
        | Op::Filter
        | Op::Over(_)
        | Op::PartitionBy
        | Op::Foreign
        | Op::Remote
        | Op::Within(_) => Level::Atom,
    }
}
