//! What an expression comes to for an object, without the database.

use std::rc::Rc;

use super::expr::Expr;
use super::leaf::{Leaf, Test};
use crate::declare::AliasId;
use crate::error::{Code, Error, Result};
use crate::mapper::Relation;
use crate::sql::{Known, Tree, evaluate};
use crate::state::change::to_many;
use crate::state::memory::handle::Handle;
use crate::state::read::reach::ReadOptions;
use crate::state::read::{column, related};
use crate::state::typed::obj::{Live, Obj};
use crate::value::{Typed, Value};

impl<V: Typed, K> Expr<V, K> {
    /// What it comes to for an object, computed in memory of what the object holds: what isn't loaded is loaded, as the
    /// accessors do, and what is changed and not flushed yet counts. So an expression that is written once stands in queries
    /// and answers for objects.
    ///
    /// Columns, values, comparisons, arithmetic, `CASE` and the common functions of texts are computed as the database does,
    /// and `any`, `has` and `is` follow relationships. Queries within it, aggregates, and functions and operators that only
    /// the database knows are errors.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// use orm::Expr;
    ///
    /// #[derive(Mapped)]
    /// struct Interval {
    ///     #[column(primary_key)]
    ///     id: i64,
    ///     start: i64,
    ///     end: i64,
    /// }
    ///
    /// impl Interval {
    ///     fn length() -> Expr<i64> {
    ///         Interval::end - Interval::start
    ///     }
    ///     fn contains(point: i64) -> Expr<bool> {
    ///         Interval::start.le(point) & Interval::end.gt(point)
    ///     }
    /// }
    ///
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let interval = session.add(Interval::builder().start(5).end(10))?;
    /// assert_eq!((Interval::length().value_of(&interval)?, Interval::contains(10).value_of(&interval)?), (5, false));
    /// let long = select(Interval).filter(Interval::length().ge(5)).order_by(Interval::length());
    /// assert_eq!(session.scalars(long)?.all()?, [interval]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `query` where only the database can compute it, or it speaks of other classes or of an alias; `unset`; `value` where
    /// its type has no such value; and what loading says.
    #[track_caller]
    pub fn value_of<T: Live>(&self, object: &Obj<T>) -> Result<V> {
        let object = Obj::handle(object);
        let value = value_of(self.tree(), object, ReadOptions::of_user())?;
        V::from_value(value.as_ref()).map_err(|error| {
            Error::new(Code::Value, format!("the value of an expression can't be read: {error}"))
                .about(object.header().mapper().class(), None)
                .caused_by(error)
        })
    }
}

fn value_of(tree: &Tree<Leaf>, object: &Handle, options: ReadOptions) -> Result<Value> {
    let mut rows = Rows { rows: vec![(object.clone(), AliasId::NONE)], options };
    match rows.known(tree)? {
        Known::Value(value) => Ok(value),
        Known::Unloaded | Known::Beyond => Err(beyond(object)),
    }
}

/// The objects that columns can mean, the innermost last.
struct Rows {
    rows: Vec<(Handle, AliasId)>,
    options: ReadOptions,
}

impl Rows {
    fn known(&mut self, tree: &Tree<Leaf>) -> Result<Known> {
        evaluate(tree, &mut |end| match end {
            Tree::Late(leaf) => self.leaf(leaf),
            _ => Ok(Known::Beyond),
        })
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<Known> {
        match leaf {
            Leaf::Column(name, alias) => {
                let object = self.of_table(name.table, *alias)?;
                let Some(column) = object.header().mapper().column_named(name.name) else {
                    return Ok(Known::Beyond);
                };
                column::value_or_null(&object, column.slot(), self.options).map(Known::Value)
            }
            Leaf::Key(object, id) => {
                let place = object.header().mapper().slot(*id);
                column::value_or_null(object, place, self.options).map(Known::Value)
            }
            Leaf::Related { relation, from, to, test } => {
                let object = self.of_table(relation.class().table(), *from)?;
                self.related(&object, relation.resolve()?, *to, test)
            }
            Leaf::OfAlias(..) | Leaf::Output(..) | Leaf::Query(..) => Ok(Known::Beyond),
            Leaf::Wrong(why) => Err(Error::new(Code::Query, why.to_string())),
        }
    }

    /// The innermost object whose row a column of a table can mean.
    fn of_table(&self, table: &str, alias: AliasId) -> Result<Handle> {
        let is_it = |(object, of): &&(Handle, AliasId)| {
            *of == alias && object.header().mapper().table().name == table
        };
        match self.rows.iter().rev().find(is_it) {
            Some((object, _)) => Ok(object.clone()),
            None => {
                let message = match alias.is_some() {
                    true => format!("the expression speaks of an alias of `{table}`"),
                    false => format!("the expression speaks of `{table}`, and the object isn't of that"),
                };
                Err(Error::new(Code::Query, message).help("take an expression of the object's own class"))
            }
        }
    }

    /// A condition on what a relationship of an object leads to.
    fn related(
        &mut self,
        object: &Handle,
        relation: &'static Relation,
        to: AliasId,
        test: &Test,
    ) -> Result<Known> {
        if relation.is_large() {
            return Ok(Known::Beyond);
        }
        let found: Vec<Handle> = match relation.is_many() {
            true => to_many::items(object, relation)?,
            false => related::one(object, relation, self.options)?.object().into_iter().collect(),
        };
        let holds = |one: &Handle| found.iter().any(|other| Rc::ptr_eq(one, other));
        Ok(Known::Value(Value::Bool(match test {
            Test::Any(None) => !found.is_empty(),
            Test::Any(Some(condition)) => return self.any(found, to, condition),
            Test::Is(None) => found.is_empty(),
            Test::Is(Some(one)) => holds(one),
            Test::IsNot(one) => !holds(one),
            Test::ParentIs(_) | Test::LinkedTo(_) => return Ok(Known::Beyond),
        })))
    }

    /// Whether any of the objects meets a condition: true or false, as `EXISTS` is.
    fn any(&mut self, objects: Vec<Handle>, to: AliasId, condition: &Tree<Leaf>) -> Result<Known> {
        for object in objects {
            self.rows.push((object, to));
            let known = self.known(condition);
            self.rows.pop();
            match known?.truth() {
                Known::Value(Value::Bool(true)) => return Ok(Known::Value(Value::Bool(true))),
                Known::Value(_) => {}
                unknown => return Ok(unknown),
            }
        }
        Ok(Known::Value(Value::Bool(false)))
    }
}

#[cold]
fn beyond(object: &Handle) -> Error {
    Error::new(Code::Query, "only the database can compute the expression")
        .about(object.header().mapper().class(), None)
        .help("ask for it by a query, let an attribute stand for it, or compute it by a method of your own")
}
