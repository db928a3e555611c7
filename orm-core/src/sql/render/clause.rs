//! Expressions that are more than an operator: lists, patterns, `CASE`, windows, and SQL of the user's.

use super::tree::{Level, peel};
use super::{Param, Renderer};
use crate::sql::{Bound, Frame, FrameUnit, Op, Tree};
use crate::value::ValueRef;

/// Up to so many values in a list are bound one by one, each number with a text of its own.
const FEW: usize = 8;

/// How many values are bound for a list that is longer and can't be bound as one: the next of these numbers.
const LENGTHS: [usize; 6] = [16, 64, 256, 1_024, 4_096, 16_384];

impl Renderer<'_> {
    /// SQL of the user's, in which question marks outside texts, quoted names and comments stand for operands.
    pub(super) fn user_sql(&mut self, sql: &str, operands: &[Tree]) {
        let mut operands = operands.iter();
        let mut rest = sql;
        while let Some(at) = placeholder(rest) {
            let (before, after) = rest.split_at(at);
            self.push(before);
            match operands.next() {
                Some(operand) => self.operand(operand, Level::Atom),
                None => self.push("?"),
            }
            rest = after.get(1..).unwrap_or_default();
        }
        self.push(rest);
        // What follows is no part of a comment that the user began.
        self.push(if sql.contains("--") { "\n" } else { "" });
    }

    pub(super) fn case(&mut self, branches: &[Tree]) {
        self.push("CASE");
        for branch in branches.chunks(2) {
            match branch {
                [condition, value] => {
                    self.push(" WHEN ");
                    self.tree_before_word(condition);
                    self.push(" THEN ");
                    self.tree_before_word(value);
                }
                rest => {
                    self.push(" ELSE ");
                    rest.iter().for_each(|value| self.tree_before_word(value));
                }
            }
        }
        self.push(" END");
    }

    /// A function over a window: what the rows are parted by, and then the terms that they are ordered by.
    pub(super) fn over(&mut self, function: &Tree, window: &[Tree], frame: Option<Frame>) {
        self.operand(function, Level::Atom);
        self.push(" OVER (");
        let (parts, order) = match window {
            [parts @ Tree::Node(Op::PartitionBy, _, terms), order @ ..] => {
                (Some((parts, terms.is_empty())), order)
            }
            order => (None, order),
        };
        let mut space = "";
        if let Some((parts, false)) = parts {
            self.push("PARTITION BY ");
            self.node(parts);
            space = " ";
        }
        if !order.is_empty() {
            self.push(space);
            self.push("ORDER BY ");
            self.list(order, Self::tree);
            space = " ";
        }
        if let Some(frame) = frame {
            self.push(space);
            self.frame(frame);
        }
        self.push(")");
    }

    fn frame(&mut self, frame: Frame) {
        self.push(match frame.unit {
            FrameUnit::Rows => "ROWS BETWEEN ",
            FrameUnit::Range => "RANGE BETWEEN ",
            FrameUnit::Groups => "GROUPS BETWEEN ",
        });
        self.bound(frame.start, "PRECEDING");
        self.push(" AND ");
        self.bound(frame.end, "FOLLOWING");
    }

    fn bound(&mut self, bound: Bound, unbounded: &str) {
        let (count, word) = match bound {
            Bound::Unbounded => ("UNBOUNDED".to_owned(), unbounded),
            Bound::Current => ("CURRENT".to_owned(), "ROW"),
            Bound::Preceding(count) => (count.to_string(), "PRECEDING"),
            Bound::Following(count) => (count.to_string(), "FOLLOWING"),
        };
        self.push(&count);
        self.push(" ");
        self.push(word);
    }

    /// A list that is given when the statement runs. Whoever gives it has asked the dialect whether there is one.
    pub(super) fn in_bound_list(&mut self, of: &Tree, list: usize, not: bool) {
        self.operand(of, Level::Concat);
        self.push(if not { " NOT IN " } else { " IN " });
        if self.dialect.write_key_list(self.params.len(), &[], &mut self.sql).is_some() {
            self.params.push(Param::Given(list));
        } else {
            self.push("(");
            self.param(Param::Given(list));
            self.push(")");
        }
    }

    pub(super) fn in_list(&mut self, of: &Tree, list: &[Tree], not: bool) {
        self.operand(of, Level::Concat);
        self.push(if not { " NOT IN " } else { " IN " });
        if let [query @ (Tree::Subquery(_) | Tree::Node(Op::Within(_), ..))] = list {
            return self.node(query);
        }
        if is_long_list(list) && self.value_list(list) {
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

    pub(super) fn like(&mut self, of: &Tree, pattern: &Tree, escape: Option<char>, not: bool) {
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
}

/// Whether a list has only values, and more than are bound one by one.
pub(crate) fn is_long_list<L>(list: &[Tree<L>]) -> bool {
    list.len() > FEW && list.iter().all(|tree| matches!(tree, Tree::Value(_)))
}

/// How many question marks in SQL of a user's stand for values.
pub fn placeholders(sql: &str) -> usize {
    let (mut count, mut rest) = (0, sql);
    while let Some(at) = placeholder(rest) {
        count += 1;
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    count
}

/// Where the first question mark stands that is no part of a text, a quoted name or a comment.
fn placeholder(sql: &str) -> Option<usize> {
    let bytes = sql.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = sql.get(at + 1..).unwrap_or_default();
        at += 1 + match (byte, bytes.get(at + 1)) {
            (b'?', _) => return Some(at),
            (quote @ (b'\'' | b'"' | b'`'), _) => {
                rest.find(char::from(*quote)).map_or(rest.len(), |end| end + 1)
            }
            (b'[', _) => rest.find(']').map_or(rest.len(), |end| end + 1),
            (b'-', Some(b'-')) => rest.find('\n').map_or(rest.len(), |end| end + 1),
            (b'/', Some(b'*')) => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => 0,
        };
    }
    None
}
