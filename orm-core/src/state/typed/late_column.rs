//! `LateColumn`: a column that a class doesn't declare itself, in a constant with types; the slots of columns that are made
//! while the program runs.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::declare::{
    Column, ColumnCheck, ColumnDecl, ColumnName, ForeignKeyDecl, IndexDecl, Make, References,
    ReferentialAction, SlotId, TargetDecl, UniqueDecl, VersionDecl, foreign_key,
};
use crate::error::{Code, Error, Result};
use crate::mapper::{
    AddedColumn, LateAddition, LateAttribute, MappedColumn, NewColumn, as_is, column_options,
};
use crate::state::memory::extended::AddedSlot;
use crate::state::typed::derived::{get, set};
use crate::state::typed::mapped::Mapped;
use crate::state::typed::obj::Obj;
use crate::value::{SqlType, Typed, Value};

impl NewColumn {
    /// A column of the type `V`; of an `Option` where it may be `NULL`. It is called alike in the database.
    pub fn of<V: Typed>(name: &str) -> Self {
        let name = crate::mapper::kept(name);
        NewColumn::with_slot(ColumnDecl::of::<V>(name, name), const { &AddedSlot::of::<V>() })
    }

    /// A column as a database has it; without a type it holds what it holds.
    pub(crate) fn as_read(name: &str, ty: Option<SqlType>, nullable: bool) -> Self {
        match (ty, nullable) {
            (Some(SqlType::SmallInt | SqlType::Integer | SqlType::BigInt), false) => {
                NewColumn::of::<i64>(name)
            }
            (Some(SqlType::SmallInt | SqlType::Integer | SqlType::BigInt), true) => {
                NewColumn::of::<Option<i64>>(name)
            }
            (Some(SqlType::Real | SqlType::Double), false) => NewColumn::of::<f64>(name),
            (Some(SqlType::Real | SqlType::Double), true) => NewColumn::of::<Option<f64>>(name),
            (Some(SqlType::Boolean), false) => NewColumn::of::<bool>(name),
            (Some(SqlType::Boolean), true) => NewColumn::of::<Option<bool>>(name),
            (Some(SqlType::Text), false) => NewColumn::of::<String>(name),
            (Some(SqlType::Text), true) => NewColumn::of::<Option<String>>(name),
            (Some(SqlType::Blob), false) => NewColumn::of::<Vec<u8>>(name),
            (Some(SqlType::Blob), true) => NewColumn::of::<Option<Vec<u8>>>(name),
            (None, false) => NewColumn::of::<Value>(name),
            (None, true) => NewColumn::of::<Option<Value>>(name),
        }
    }
}

/// A column of the class `S` that stands beside it, as in another module or crate: a static, which is added to the class's
/// registry by [`late!`](crate::late) when the program is linked, or by `Models::add` before the registry is used.
///
/// ```standalone_crate
/// use orm::mapper::LateColumn;
/// use orm::prelude::*;
///
/// #[derive(Mapped)]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
/// }
///
/// static NICKNAME: LateColumn<User, Option<String>> = LateColumn::new("nickname");
///
/// # fn main() -> orm::Result<()> {
/// DefaultRegistry::add(&NICKNAME)?;
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let user = session.add(User::builder())?;
/// NICKNAME.set(&user, Some("ed".to_owned()))?;
/// session.commit()?;
/// let found = session.scalars(select(User).filter(NICKNAME.column()?.eq("ed")))?.one()?;
/// assert_eq!(NICKNAME.get(&found)?.as_deref(), Some("ed"));
/// # Ok(())
/// # }
/// ```
pub struct LateColumn<S, V> {
    decl: ColumnDecl,
    foreign_key: Option<ColumnName>,
    on_delete: Option<ReferentialAction>,
    on_update: Option<ReferentialAction>,
    is_unique: bool,
    is_indexed: bool,
    /// One more than its place among the slots of the class, once that is known.
    place: AtomicU32,
    types: PhantomData<fn() -> (S, V)>,
}

impl<S, V> LateColumn<S, V> {
    /// What makes its value for a new row that isn't given one. Who may give it knows its type.
    #[must_use]
    pub(crate) const fn default_made(mut self, make: Make) -> Self {
        self.decl.default = Some(make);
        self
    }

    /// What makes the value that an update of the row sets it to where it isn't set.
    #[must_use]
    pub(crate) const fn onupdate_made(mut self, make: Make) -> Self {
        self.decl.onupdate = Some(make);
        self
    }

    /// Who makes the versions of a row, which it tells apart.
    #[must_use]
    pub(super) const fn version_of(mut self, version: VersionDecl) -> Self {
        self.decl.version = Some(version);
        self
    }

    /// What is asked of a value that it is set to.
    #[must_use]
    pub(super) const fn asking(mut self, check: ColumnCheck) -> Self {
        self.decl.validator = Some(check);
        self
    }
}

impl<S: Mapped, V: Typed> LateColumn<S, V> {
    /// A column, which is called alike in the database.
    #[allow(clippy::new_without_default, reason = "a column has a name")]
    pub const fn new(name: &'static str) -> Self {
        LateColumn {
            decl: ColumnDecl::of::<V>(name, name),
            foreign_key: None,
            on_delete: None,
            on_update: None,
            is_unique: false,
            is_indexed: false,
            place: AtomicU32::new(0),
            types: PhantomData,
        }
    }

    /// The name in the database, where that isn't the attribute's.
    #[must_use]
    pub const fn in_database(mut self, name: &'static str) -> Self {
        self.decl.name = name;
        self
    }

    /// It references a column of a class.
    #[must_use]
    pub const fn foreign_key<E, W>(mut self, references: Column<E, W>) -> Self
    where
        V: References<W>,
    {
        self.foreign_key = Some(foreign_key::<V, E, W>(references));
        self
    }

    /// It references a column of a table, by names.
    #[must_use]
    pub const fn foreign_key_named(mut self, table: &'static str, column: &'static str) -> Self {
        self.foreign_key = Some(ColumnName::new(table, column));
        self
    }

    /// What the database does to a row whose referenced row is deleted; of a column with a foreign key.
    #[must_use]
    pub const fn on_delete(mut self, action: ReferentialAction) -> Self {
        self.on_delete = Some(action);
        self
    }

    /// What the database does to a row whose referenced row gets another key; of a column with a foreign key.
    #[must_use]
    pub const fn on_update(mut self, action: ReferentialAction) -> Self {
        self.on_update = Some(action);
        self
    }

    /// No two rows have the same value in it.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.is_unique = true;
        self
    }

    /// It has an index.
    #[must_use]
    pub const fn index(mut self) -> Self {
        self.is_indexed = true;
        self
    }

    column_options!(&'static str, as_is, const);

    /// The column, for queries and statements. Configures the registry where that hasn't happened.
    ///
    /// # Errors
    /// `configuration`; `unknown-attribute` where it wasn't added to the class.
    pub fn column(&'static self) -> Result<Column<S, V>> {
        let mapper = S::class().mapper()?;
        let known = self.place.load(Ordering::Relaxed);
        let slot = match known.checked_sub(1) {
            Some(place) => u16::try_from(place).ok(),
            None => {
                let columns = mapper.columns().iter().skip(S::DECLARED.table.columns.len());
                let mut mine = columns.filter(|column| column.attribute() == self.decl.attribute);
                let slot = mine.next().map(MappedColumn::slot).map(SlotId::index);
                let slot = slot.and_then(|slot| u16::try_from(slot).ok());
                self.place.store(slot.map_or(0, |slot| u32::from(slot) + 1), Ordering::Relaxed);
                slot
            }
        };
        let slot = slot.ok_or_else(|| {
            Error::new(Code::UnknownAttribute, "the column isn't added to the class's registry")
                .about(S::CLASS, Some(self.decl.attribute))
                .help("add it by `orm::late!`, or by `add` before the registry is used")
        })?;
        Ok(Column::new(S::TABLE, self.decl.name, self.decl.attribute, slot))
    }

    /// Its name, once it is known to be one of the class, or while nobody can know.
    ///
    /// # Errors
    /// As [`column`](Self::column).
    pub(crate) fn known_name(&'static self) -> Result<ColumnName> {
        if !S::class().is_being_resolved() {
            self.column()?;
        }
        Ok(ColumnName::new(S::TABLE, self.decl.name))
    }

    /// The attribute's name.
    pub(crate) fn attribute(&self) -> &'static str {
        self.decl.attribute
    }

    /// Reads it of an object, as an accessor does.
    ///
    /// # Errors
    /// As [`column`](Self::column) and the accessor of a column that is declared.
    #[track_caller]
    pub fn get(&'static self, object: &Obj<S>) -> Result<V> {
        get(Obj::handle(object), self.column()?)
    }

    /// Changes it of an object, as an accessor does.
    ///
    /// # Errors
    /// As [`column`](Self::column) and the accessor of a column that is declared.
    pub fn set(&'static self, object: &Obj<S>, value: V) -> Result<()> {
        set(Obj::handle(object), self.column()?, value)
    }
}

impl<S: Mapped, V: Typed> LateAttribute for LateColumn<S, V> {
    fn addition(&'static self) -> LateAddition {
        let mine = || -> &'static [&'static str] { vec![self.decl.name].leak() };
        let key = |ColumnName { table, name: reference, .. }| ForeignKeyDecl {
            columns: mine(),
            table,
            references: vec![reference].leak(),
            on_delete: self.on_delete,
            on_update: self.on_update,
            ..ForeignKeyDecl::PLAIN
        };
        let keys: Vec<ForeignKeyDecl> = self.foreign_key.into_iter().map(key).collect();
        let acts = self.on_delete.or(self.on_update).is_some();
        let keyless = (
            "`on_delete` or `on_update` without a foreign key",
            "call `foreign_key` or `foreign_key_named` too",
        );
        LateAddition::column(AddedColumn {
            class: TargetDecl::class::<S>(),
            column: &self.decl,
            foreign_keys: keys.leak(),
            uniques: if self.is_unique { vec![UniqueDecl::new(None, mine())].leak() } else { &[] },
            indexes: if self.is_indexed { vec![IndexDecl::new(None, mine(), false)].leak() } else { &[] },
            slot: const { &AddedSlot::of::<V>() },
            wrong: (acts && self.foreign_key.is_none()).then_some(keyless),
        })
    }
}

impl<S, V> std::fmt::Debug for LateColumn<S, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LateColumn({})", self.decl.attribute)
    }
}
