//! What columns that are made while the program runs, or stand beside their class, are given that knows their type: who makes
//! the versions of a row, and what is asked of a value.

use std::any::Any;

use crate::declare::{ColumnCheck, Counts, Kept, NextVersion, VersionDecl, count, version_by};
use crate::error::{Code, Error, Result};
use crate::mapper::NewColumn;
use crate::state::memory::extended::AddedSlot;
use crate::state::typed::late_column::LateColumn;
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::{AnyClass, Live};
use crate::state::typed::validate::{ValidateColumn, ask_validator, other_types};
use crate::value::{Typed, ValueError};

impl NewColumn {
    /// A column that tells the versions of a row apart, which are counted.
    ///
    /// ```standalone_crate
    /// # use orm::prelude::*;
    /// # use orm::{AnyObj, Value};
    /// use orm::mapper::{NewColumn, NewTable};
    ///
    /// # fn main() -> orm::Result<()> {
    /// let ticket = NewTable::new("counted_ticket")
    ///     .column(NewColumn::of::<i64>("id").primary_key())
    ///     .column(NewColumn::of::<String>("text").validate(|text: String| match text.is_empty() {
    ///         true => Err("say something"),
    ///         false => Ok(text),
    ///     }))
    ///     .column(NewColumn::version_id::<i64>("version"));
    /// DefaultRegistry::map_table(ticket)?;
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let ticket = session.add(AnyObj::create(DefaultRegistry::mapper("counted_ticket")?)?)?;
    /// assert_eq!(ticket.set("text", &Value::from("")).map_err(|error| error.code()), Err(orm::Code::Refused));
    /// for text in ["one", "two"] {
    ///     ticket.set("text", &Value::from(text))?;
    ///     session.flush()?;
    /// }
    /// assert_eq!(ticket.get("version")?, Value::from(2));
    /// # Ok(())
    /// # }
    /// ```
    pub fn version_id<V: Counts>(name: &str) -> Self {
        NewColumn::of::<V>(name).version_of(VersionDecl::Made(NextVersion::Function(count::<V>)))
    }

    /// A column that tells the versions of a row apart, each of which a function makes of the one before: a new row has none.
    pub fn version_id_by<V: Typed>(
        name: &str,
        make: impl Fn(Option<V>) -> V + Send + Sync + 'static,
    ) -> Self {
        NewColumn::of::<V>(name).version_of(made_by::<V, _>(Box::leak(Box::new(make))))
    }

    /// It tells the versions of a row apart, and whoever changes the row sets it.
    #[must_use]
    pub fn version_id_manual(self) -> Self {
        self.version_of(VersionDecl::Manual)
    }

    /// It tells the versions of a row apart, and the database makes it.
    #[must_use]
    pub fn version_id_by_server(self) -> Self {
        self.version_of(VersionDecl::Server)
    }

    /// What is asked of a value that it is set to, which is of the column's type: the column gets what it returns.
    /// `fn(V) -> Result<V, E>`, or `fn(&AnyObj, V) -> Result<V, E>`.
    #[must_use]
    pub fn validate<V: Typed, By>(
        self,
        by: impl ValidateColumn<AnyClass, V, By> + Send + Sync + 'static,
    ) -> Self {
        if self.slot().downcast_ref().is_some_and(AddedSlot::holds::<V>) {
            return self.asking(asked_by::<AnyClass, V, By, _>(Box::leak(Box::new(by))));
        }
        let message = format!("its validator takes values of the type `{}`, and it holds others", V::NAME);
        self.mistaken(
            Error::new(Code::BadTable, message).help("let the validator take the column's own type"),
        )
    }
}

impl<S: Mapped, V: Typed> LateColumn<S, V> {
    /// It tells the versions of a row apart, which are counted.
    ///
    /// ```standalone_crate
    /// use orm::mapper::LateColumn;
    /// use orm::prelude::*;
    ///
    /// #[derive(Mapped)]
    /// struct Ticket {
    ///     #[column(primary_key)]
    ///     id: i64,
    ///     text: String,
    /// }
    ///
    /// static VERSION: LateColumn<Ticket, i64> = LateColumn::new("version").version_id();
    /// static MOOD: LateColumn<Ticket, Option<String>> =
    ///     LateColumn::new("mood").validate(&|ticket: &Obj<Ticket>, mood: Option<String>| match mood.as_deref() {
    ///         Some("") => Err(format!("{}: say something", ticket.text().unwrap_or_default())),
    ///         _ => Ok(mood),
    ///     });
    /// orm::late!(DefaultRegistry: VERSION, MOOD);
    ///
    /// # fn main() -> orm::Result<()> {
    /// # let engine = orm::sqlite::Engine::in_memory()?;
    /// # DefaultRegistry::create_all(&engine)?;
    /// # let session = Session::new(&engine);
    /// let ticket = session.add(Ticket::builder().text("one"))?;
    /// session.flush()?;
    /// ticket.set_text("two")?;
    /// session.flush()?;
    /// assert_eq!(VERSION.get(&ticket)?, 2);
    /// assert_eq!(MOOD.set(&ticket, Some(String::new())).map_err(|error| error.code()), Err(orm::Code::Refused));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn version_id(self) -> Self
    where
        V: Counts,
    {
        self.version_of(VersionDecl::Made(NextVersion::Function(count::<V>)))
    }

    /// It tells the versions of a row apart, each of which a function makes of the one before: a new row has none.
    #[must_use]
    pub const fn version_id_by(self, make: &'static (impl Fn(Option<V>) -> V + Send + Sync)) -> Self {
        self.version_of(made_by::<V, _>(make))
    }

    /// It tells the versions of a row apart, and whoever changes the row sets it.
    #[must_use]
    pub const fn version_id_manual(self) -> Self {
        self.version_of(VersionDecl::Manual)
    }

    /// It tells the versions of a row apart, and the database makes it.
    #[must_use]
    pub const fn version_id_by_server(self) -> Self {
        self.version_of(VersionDecl::Server)
    }

    /// What is asked of a value that it is set to: the column gets what it returns. `fn(V) -> Result<V, E>`, or
    /// `fn(&Obj<S>, V) -> Result<V, E>`.
    #[must_use]
    pub const fn validate<By>(self, by: &'static (impl ValidateColumn<S, V, By> + Send + Sync)) -> Self {
        self.asking(asked_by::<S, V, By, _>(by))
    }
}

/// Versions that a function makes which lives as long as the program.
const fn made_by<V: Typed, F: Fn(Option<V>) -> V + Send + Sync>(make: &'static F) -> VersionDecl {
    VersionDecl::Made(NextVersion::Kept(make, |make, current| match make.downcast_ref::<F>() {
        Some(make) => version_by(current, make),
        None => Err(ValueError::new("another function makes versions than the column's own")),
    }))
}

/// A validator that lives as long as the program.
const fn asked_by<C: Live, V: Typed, By, F: ValidateColumn<C, V, By> + Send + Sync>(
    by: &'static F,
) -> ColumnCheck {
    ColumnCheck::Kept(by, ask::<C, V, By, F>)
}

fn ask<C: Live, V: Typed, By, F: ValidateColumn<C, V, By> + 'static>(
    by: Kept,
    owner: &dyn Any,
    slot: &mut dyn Any,
) -> Result<()> {
    let by: &F = by.downcast_ref().ok_or_else(other_types)?;
    ask_validator(owner, slot, by)
}
