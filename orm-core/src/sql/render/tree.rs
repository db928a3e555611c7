//! Expressions, with the parentheses that they need and no others.

use super::{Param, Render, Renderer};
use crate::sql::{BinaryOp, CompareOp, Op, SelectStmt, Tree};
use crate::value::{Value, ValueRef};

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

/// How many terms of AND and OR stand in one row. Databases count `a OR b OR c` as nested: SQLite refuses a thousand
/// terms. Longer lists are written in halves.
const TERMS: usize = 100;

/// Up to so many values in a list are bound one by one, each number with a text of its own.
const FEW: usize = 8;

/// How many values are bound for a list that is longer and can't be bound as one: the next of these numbers.
const LENGTHS: [usize; 6] = [16, 64, 256, 1_024, 4_096, 16_384];

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

    fn operand(&mut self, tree: &Tree, least: Level) {
        let tree = peel(tree);
        if level(tree) < least {
            self.push("(");
            self.node(tree);
            self.push(")");
        } else {
            self.node(tree);
        }
    }

    fn node(&mut self, tree: &Tree) {
        match tree {
            Tree::Late(never) => match *never {},
            Tree::Column(column) => self.column(column),
            Tree::Value(value) => self.param(Param::Value(value.clone())),
            Tree::Param(number) => self.param(Param::Given(*number)),
            Tree::Text(sql) => self.push(sql),
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
            (Op::Foreign | Op::Remote, [inner]) => self.node(peel(inner)),
            (Op::IsNull, [of]) => {
                self.operand(of, Level::Concat);
                self.push(if not { " IS NOT NULL" } else { " IS NULL" });
            }
            (Op::In, [_]) => self.dialect.write_bool(not, &mut self.sql),
            (Op::In, [of, list @ ..]) => self.in_list(of, list, not),
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
                | Op::Foreign
                | Op::Remote
                | Op::IsNull
                | Op::In
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

    fn in_list(&mut self, of: &Tree, list: &[Tree], not: bool) {
        self.operand(of, Level::Concat);
        self.push(if not { " NOT IN " } else { " IN " });
        if let [Tree::Subquery(select)] = list {
            return self.subquery(select);
        }
        if list.len() > FEW && self.value_list(list) {
            return;
        }
        let rows = matches!(peel(of), Tree::Node(Op::Tuple, ..)) && self.dialect.rows_in_values();
        self.push(if rows { "(VALUES " } else { "(" });
        self.list(list, Self::tree);
        self.push(")");
    }

    /// A list of values: as one, or one by one, where the last one is repeated so that few lengths make few texts. Says
    /// no, and writes nothing, where the list has something else in it.
    fn value_list(&mut self, list: &[Tree]) -> bool {
        let mut values: Vec<ValueRef<'_>> = Vec::with_capacity(list.len());
        for tree in list {
            let Tree::Value(value) = tree else { return false };
            values.push(value.as_ref());
        }
        let index = self.params.len();
        if let Some(bound) = self.dialect.write_key_list(index, &values, &mut self.sql) {
            self.params.push(Param::Value(bound));
            return true;
        }
        let Some(last) = values.last() else { return false };
        let room = self.dialect.max_parameters().saturating_sub(index);
        let length = LENGTHS.into_iter().find(|length| (values.len()..=room).contains(length));
        let repeated = length.map_or(0, |length| length - values.len());
        self.push("(");
        let all = values.iter().chain(std::iter::repeat_n(last, repeated));
        self.list(all, |out, value| out.param(Param::Value(value.to_value())));
        self.push(")");
        true
    }

    fn like(&mut self, of: &Tree, pattern: &Tree, escape: Option<char>, not: bool) {
        self.operand(of, Level::Concat);
        self.push(if not { " NOT LIKE " } else { " LIKE " });
        self.operand(pattern, Level::Concat);
        if let Some(escape) = escape {
            self.push(" ESCAPE '");
            self.push(if escape == '\'' { "'" } else { "" });
            self.sql.push(escape);
            self.push("'");
        }
    }

    fn func(&mut self, name: &str, args: &[Tree]) {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        if plain && !name.is_empty() {
            self.push(name)
        } else {
            self.name(name)
        }
        self.tuple(args);
    }

    fn tuple(&mut self, items: &[Tree]) {
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
fn peel(mut tree: &Tree) -> &Tree {
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
    matches!(op, Op::IsNull | Op::In | Op::Between | Op::Like(_) | Op::Has(_))
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
        Op::Compare(_) | Op::IsNull | Op::In | Op::Between | Op::Like(_) | Op::Has(_) => Level::Predicate,
        Op::Binary(BinaryOp::Concat) => Level::Concat,
        Op::Binary(BinaryOp::Add | BinaryOp::Sub) => Level::Sum,
        Op::Binary(BinaryOp::Mul | BinaryOp::Div) => Level::Product,
        Op::And
        | Op::Or
        | Op::Func(_)
        | Op::Cast(_)
        | Op::Star
        | Op::Distinct
        | Op::Tuple
        | Op::Foreign
        | Op::Remote => Level::Atom,
    }
}
