//! The expressions of a query in its shape.

use super::given::{Given, SEARCHED, list_of, search, search_of};
use super::shape::{NoShape, Shape, Written};
use crate::query::leaf::{ClassRef, Output, Use};
use crate::query::{Leaf, Test};
use crate::sql::Tree;

impl<'q> Shape<'q> {
    pub(super) fn tree(&mut self, tree: &'q Tree<Leaf>) -> Written {
        match tree {
            Tree::Late(leaf) => self.leaf(leaf),
            Tree::Value(value) => {
                self.byte(2);
                self.given.push(Given::Value(value));
                Ok(())
            }
            Tree::Text(sql) => {
                self.byte(3);
                self.text(sql);
                Ok(())
            }
            Tree::Node(op, _, operands) => {
                self.byte(4);
                if let (Some(list), Some(of)) = (list_of(op, operands), operands.first()) {
                    self.byte(0);
                    self.given.push(Given::List(list));
                    return self.tree(of);
                }
                if let Some((of, text, place)) = search_of(op, operands) {
                    self.byte(u8::MAX);
                    self.given.push(Given::Search(text, place));
                    self.search(search(self.dialect, text, place).ok_or(NoShape)?)?;
                    return self.tree(of);
                }
                self.op(op)?;
                self.number(operands.len());
                operands.iter().try_for_each(|operand| self.tree(operand))
            }
            Tree::Column(_)
            | Tree::Param(_)
            | Tree::Label(_)
            | Tree::Ordinal(_)
            | Tree::Exists(_)
            | Tree::Subquery(_)
            | Tree::TooDeep => Err(NoShape),
        }
    }

    /// How a database looks for a text.
    fn search(&mut self, tree: Tree) -> Written {
        match tree {
            Tree::Param(SEARCHED) => self.byte(5),
            Tree::Value(value) => {
                self.byte(2);
                self.given.push(Given::Made(value));
            }
            Tree::Node(op, _, operands) => {
                self.byte(4);
                self.op(&op)?;
                self.number(operands.len());
                return operands.into_iter().try_for_each(|operand| self.search(operand));
            }
            _ => return Err(NoShape),
        }
        Ok(())
    }

    fn leaf(&mut self, leaf: &'q Leaf) -> Written {
        match leaf {
            Leaf::Column(column, alias) => {
                self.byte(16);
                self.column(*column, *alias);
                Ok(())
            }
            Leaf::OfAlias(tree, table, alias) => {
                self.byte(26);
                self.name(table);
                self.alias(*alias);
                self.tree(tree)
            }
            Leaf::Output(query, output) => {
                self.byte(17);
                self.subquery(query)?;
                match output {
                    Output::Column(column, alias) => {
                        self.byte(1);
                        self.column(*column, *alias);
                    }
                    Output::Named(name) => {
                        self.byte(2);
                        self.text(name);
                    }
                }
                Ok(())
            }
            Leaf::Related { relation, from, to, test: Test::Any(condition) } => {
                self.byte(18);
                self.relation(*relation);
                self.alias(*from);
                self.alias(*to);
                self.maybe(condition.as_deref(), Self::tree)
            }
            Leaf::Query(parts, how) => {
                match how {
                    Use::Exists => self.byte(19),
                    Use::Value => self.byte(20),
                    Use::Rows(columns) => {
                        self.byte(24);
                        self.number(*columns);
                    }
                }
                self.query(parts)
            }
            Leaf::Related { relation, from, to, test } => {
                let (kind, object) = match test {
                    Test::Is(object) => (21, object.as_ref()),
                    Test::ParentIs(object) => (22, Some(object)),
                    Test::LinkedTo(object) => (23, Some(object)),
                    Test::IsNot(object) => (25, Some(object)),
                    Test::Any(_) => return Err(NoShape),
                };
                self.byte(kind);
                self.relation(*relation);
                self.alias(*from);
                self.alias(*to);
                self.byte(u8::from(object.is_some()));
                if let Some(object) = object {
                    self.class(ClassRef::Mapper(object.header().mapper()));
                    self.given.push(Given::Object(object));
                }
                Ok(())
            }
            Leaf::Key(..) | Leaf::Wrong(_) => Err(NoShape),
        }
    }
}
