//! `Selectable`: what `select` takes.

use super::alias::{Alias, Entity, Optional, QueryAlias};
use super::expr::Expr;
use super::label::Label;
use super::operand::column;
use super::parts::{Item, QueryParts, Source};
use crate::declare::Column;
use crate::sql::Name;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Obj;
use crate::value::Typed;

/// What can be selected: a class, an alias, a column, an expression, a label, or a tuple of up to 12 of them, which may be
/// tuples again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be selected",
    label = "expected a class, an alias, a column, an expression or a tuple of up to 12 of them"
)]
pub trait Selectable {
    /// What a row becomes.
    type Row;

    /// Adds what it is to a query.
    #[doc(hidden)]
    fn add(self, parts: &mut QueryParts);
}

#[inline(never)]
fn add_entity(parts: &mut QueryParts, source: Source) {
    parts.add_item(Item::Entity(source, None));
}

macro_rules! entities {
    ($($entity:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<E: Mapped> Selectable for $entity {
            type Row = Obj<E>;

            fn add(self, parts: &mut QueryParts) {
                add_entity(parts, self.into());
            }
        }

        #[diagnostic::do_not_recommend]
        impl<E: Mapped> Selectable for Optional<$entity> {
            type Row = Option<Obj<E>>;

            fn add(self, parts: &mut QueryParts) {
                add_entity(parts, self.0.into());
            }
        }
    )*};
}

entities! {
    Entity<E>;
    Alias<E>;
    &QueryAlias<E>;
}

#[diagnostic::do_not_recommend]
impl<E, V: Typed> Selectable for Column<E, V> {
    type Row = V;

    fn add(self, parts: &mut QueryParts) {
        parts.add_item(Item::Value { tree: column(self), name: Some(Name::new(self.column().name)) });
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed, K> Selectable for Expr<V, K> {
    type Row = V;

    fn add(self, parts: &mut QueryParts) {
        parts.add_value(self.into_tree());
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed, K> Selectable for &Expr<V, K> {
    type Row = V;

    fn add(self, parts: &mut QueryParts) {
        parts.add_value(self.to_tree());
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> Selectable for &Label<V> {
    type Row = V;

    fn add(self, parts: &mut QueryParts) {
        parts.add_item(Item::Value { tree: self.to_tree(), name: Some(self.name().clone()) });
    }
}

#[diagnostic::do_not_recommend]
impl<V: Typed> Selectable for Label<V> {
    type Row = V;

    fn add(self, parts: &mut QueryParts) {
        (&self).add(parts);
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Selectable),*> Selectable for ($($name,)*) {
            type Row = ($($name::Row,)*);

            #[allow(non_snake_case, reason = "the names of the types serve for the values")]
            fn add(self, parts: &mut QueryParts) {
                let ($($name,)*) = self;
                $($name.add(parts);)*
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}
