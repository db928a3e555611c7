//! What is added to a registry while the program runs: relationships, columns and classes, by names.

use std::any::Any;

use super::info::{AddedColumn, AddedRelation};
use super::options::{column_options, kept, relation_options};
use crate::declare::{
    ColumnCheck, ColumnDecl, ColumnName, ConditionDecl, Deferrable, ForeignKeyDecl, IndexDecl, Kind, Make,
    ReferentialAction, RelationDecl, SecondaryDecl, TargetDecl, UniqueDecl, VersionDecl,
};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// What the layer of states makes slots or objects with.
pub(crate) type Maker = &'static (dyn Any + Send + Sync);

/// A relationship that is made while the program runs: of a class that is mapped elsewhere, by
/// `Models::add_relationship`, or of a table that no struct was written for, by
/// [`NewTable::relationship`](crate::mapper::NewTable::relationship). Classes are named as in texts, by a name or a part of the path of modules and name.
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # use orm::mapper::NewRelationship;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// # }
/// # #[derive(Mapped)]
/// # struct Address {
/// #     #[column(primary_key)]
/// #     id: i64,
/// #     #[column(foreign_key = User::id)]
/// #     user_id: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// DefaultRegistry::add_relationship("User", NewRelationship::many("addresses", "Address").back_populates("user"))?;
/// DefaultRegistry::add_relationship("Address", NewRelationship::one("user", "User").back_populates("addresses"))?;
/// let addresses = DefaultRegistry::mapper("User")?.relationship("addresses")?;
/// assert_eq!(addresses.primaryjoin().to_string(), r#""user".id = address.user_id"#);
/// let late = DefaultRegistry::add_relationship("User", NewRelationship::many("more", "Address"));
/// assert_eq!(late.map_err(|error| error.code()), Err(orm::Code::Configured));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct NewRelationship {
    pub(super) decl: RelationDecl,
}

impl NewRelationship {
    fn of(name: &str, kind: Kind, target: &str) -> Self {
        NewRelationship { decl: RelationDecl::new(kept(name), kind, TargetDecl::Named(kept(target))) }
    }

    /// It leads to a list of objects of a class.
    pub fn many(name: &str, target: &str) -> Self {
        NewRelationship::of(name, Kind::List, target)
    }

    /// It leads to a set of objects of a class.
    pub fn set(name: &str, target: &str) -> Self {
        NewRelationship::of(name, Kind::Set, target)
    }

    /// It leads to one object of a class.
    pub fn one(name: &str, target: &str) -> Self {
        NewRelationship::of(name, Kind::One, target)
    }

    /// It leads to one object of a class or to none.
    pub fn optional(name: &str, target: &str) -> Self {
        NewRelationship::of(name, Kind::OptionalOne, target)
    }

    /// It leads to the class of a table, by the columns of a key.
    pub(crate) fn by_key(
        name: &str,
        kind: Kind,
        table: &'static str,
        foreign_keys: &'static [ColumnName],
        remote_side: &'static [ColumnName],
    ) -> Self {
        let decl = RelationDecl::new(kept(name), kind, TargetDecl::OfTable(table));
        NewRelationship { decl: RelationDecl { foreign_keys, remote_side, ..decl } }
    }

    /// It leads to the class of a table through another table, by these conditions.
    pub(crate) fn through(name: &str, table: &'static str, links: &str, [near, far]: [Tree; 2]) -> Self {
        let decl = RelationDecl::new(kept(name), Kind::List, TargetDecl::OfTable(table));
        let read = |condition| Some(ConditionDecl::Read(Box::leak(Box::new(condition))));
        NewRelationship {
            decl: RelationDecl {
                secondary: SecondaryDecl::Named(kept(links)),
                primaryjoin: read(near),
                secondaryjoin: read(far),
                ..decl
            },
        }
    }

    relation_options!(&str, kept);

    pub(crate) fn added(self, class: TargetDecl) -> AddedRelation {
        AddedRelation { class, relation: Box::leak(Box::new(self.decl)) }
    }
}

/// A column that is made while the program runs: of a class that is mapped elsewhere, by `Models::add_column`, or of a table
/// that no struct was written for, by [`NewTable::column`](crate::mapper::NewTable::column).
///
/// ```standalone_crate
/// # use orm::prelude::*;
/// # use orm::mapper::NewColumn;
/// # #[derive(Mapped)]
/// # struct User {
/// #     #[column(primary_key)]
/// #     id: i64,
/// # }
/// # fn main() -> orm::Result<()> {
/// DefaultRegistry::add_column("User", NewColumn::of::<Option<String>>("nickname").in_database("nick"))?;
/// # let engine = orm::sqlite::Engine::in_memory()?;
/// # DefaultRegistry::create_all(&engine)?;
/// # let session = Session::new(&engine);
/// let user = session.add(User::builder())?;
/// Obj::any(&user).set("nickname", &orm::Value::Text("ed".into()))?;
/// session.commit()?;
/// assert_eq!(Obj::any(&user).get("nickname")?, orm::Value::Text("ed".into()));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct NewColumn {
    pub(super) decl: ColumnDecl,
    pub(super) slot: Maker,
    pub(super) foreign_key: Option<ForeignKeyDecl>,
    pub(super) is_unique: bool,
    pub(super) is_indexed: bool,
    /// Whether the database doesn't make the value of the key.
    pub(super) is_given: bool,
    /// Keys of several columns, of which it is one.
    keys: Vec<ForeignKeyDecl>,
    /// The mistake in what was given.
    pub(super) wrong: Option<Box<Error>>,
}

impl NewColumn {
    /// A column whose slot is made by `slot`.
    pub(crate) fn with_slot(decl: ColumnDecl, slot: Maker) -> Self {
        NewColumn {
            decl,
            slot,
            foreign_key: None,
            is_unique: false,
            is_indexed: false,
            is_given: false,
            keys: Vec::new(),
            wrong: None,
        }
    }

    /// The name in the database, where that isn't the attribute's.
    #[must_use]
    pub fn in_database(mut self, name: &str) -> Self {
        self.decl.name = kept(name);
        self
    }

    /// It is part of the primary key. Where it is the whole key, an integer, and no foreign key, the database makes its
    /// value.
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.decl = self.decl.primary_key(false);
        self
    }

    /// It is the primary key, and the database doesn't make its value though it is an integer.
    #[must_use]
    pub fn not_generated(mut self) -> Self {
        self.is_given = true;
        self
    }

    /// What makes its value for a new row that isn't given one. Who may give it knows its type.
    #[must_use]
    pub(crate) fn default_made(mut self, make: Make) -> Self {
        self.decl.default = Some(make);
        self
    }

    /// What makes the value that an update of the row sets it to where it isn't set.
    #[must_use]
    pub(crate) fn onupdate_made(mut self, make: Make) -> Self {
        self.decl.onupdate = Some(make);
        self
    }

    /// Who makes the versions of a row, which it tells apart.
    #[must_use]
    pub(crate) fn version_of(mut self, version: VersionDecl) -> Self {
        self.decl.version = Some(version);
        self
    }

    /// What is asked of a value that it is set to.
    #[must_use]
    pub(crate) fn asking(mut self, check: ColumnCheck) -> Self {
        self.decl.validator = Some(check);
        self
    }

    /// What makes its slot; the layer of states knows what it is.
    pub(crate) fn slot(&self) -> Maker {
        self.slot
    }

    /// That something in it is wrong, which is told when it is added.
    #[must_use]
    pub(crate) fn mistaken(mut self, error: Error) -> Self {
        self.wrong.get_or_insert(Box::new(error));
        self
    }

    /// It references a column of a table: `"user.id"`.
    #[must_use]
    pub fn foreign_key(mut self, column: &str) -> Self {
        match column.rsplit_once('.') {
            Some((table, reference)) if !table.is_empty() && !reference.is_empty() => {
                self.foreign_key = Some(ForeignKeyDecl {
                    table: kept(table),
                    references: vec![kept(reference)].leak(),
                    ..ForeignKeyDecl::PLAIN
                });
            }
            _ => {
                let message = format!("`{column}` names no column of a table");
                return self.mistaken(Error::new(Code::BadTable, message).help("write `\"table.column\"`"));
            }
        }
        self
    }

    /// What the database does to a row whose referenced row is deleted.
    #[must_use]
    pub fn on_delete(self, action: ReferentialAction) -> Self {
        self.of_key("on_delete", |key| key.on_delete = Some(action))
    }

    /// What the database does to a row whose referenced row gets another key.
    #[must_use]
    pub fn on_update(self, action: ReferentialAction) -> Self {
        self.of_key("on_update", |key| key.on_update = Some(action))
    }

    /// No two rows have the same value in it.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.is_unique = true;
        self
    }

    /// It has an index.
    #[must_use]
    pub fn index(mut self) -> Self {
        self.is_indexed = true;
        self
    }

    /// When the database checks its foreign key.
    #[must_use]
    pub fn deferrable(self, deferrable: Deferrable) -> Self {
        self.of_key("deferrable", |key| key.deferrable = deferrable)
    }

    column_options!(&str, kept);

    /// Sets something of its foreign key.
    fn of_key(mut self, option: &str, set: impl FnOnce(&mut ForeignKeyDecl)) -> Self {
        match &mut self.foreign_key {
            Some(key) => set(key),
            None => {
                let error = Error::new(Code::BadTable, format!("`{option}` without a foreign key"));
                return self.mistaken(error.help("call `foreign_key` before it"));
            }
        }
        self
    }

    /// The attribute's name.
    pub fn attribute(&self) -> &'static str {
        self.decl.attribute
    }

    pub(crate) fn decl(&self) -> &ColumnDecl {
        &self.decl
    }

    pub(crate) fn has_foreign_key(&self) -> bool {
        self.foreign_key.is_some()
    }

    /// Has a key come with it that may have several columns.
    pub(crate) fn bring_key(&mut self, key: ForeignKeyDecl) {
        self.keys.push(key);
    }

    pub(super) fn keys(&self) -> Vec<ForeignKeyDecl> {
        let columns = || vec![self.decl.name].leak();
        let own = self.foreign_key.iter().map(|key| ForeignKeyDecl { columns: columns(), ..*key });
        own.chain(self.keys.iter().copied()).collect()
    }

    pub(super) fn uniques(&self) -> Vec<UniqueDecl> {
        let columns = || vec![self.decl.name].leak();
        if self.is_unique { vec![UniqueDecl { name: None, columns: columns() }] } else { Vec::new() }
    }

    pub(super) fn indexes(&self) -> Vec<IndexDecl> {
        let columns = || vec![self.decl.name].leak();
        let index = || IndexDecl::new(None, columns(), false);
        if self.is_indexed { vec![index()] } else { Vec::new() }
    }

    /// # Errors
    /// `bad-table` where what was given is wrong.
    pub(crate) fn added(self, class: TargetDecl) -> Result<AddedColumn> {
        let about = |error: Error| error.about(class.name(), Some(self.decl.attribute));
        if let Some(wrong) = self.wrong {
            return Err(about(*wrong));
        }
        if self.decl.primary_key {
            let error = Error::new(Code::BadTable, "a class that is mapped has its primary key already");
            return Err(about(error).help("remove `primary_key`"));
        }
        Ok(AddedColumn {
            class,
            foreign_keys: self.keys().leak(),
            uniques: self.uniques().leak(),
            indexes: self.indexes().leak(),
            column: Box::leak(Box::new(self.decl)),
            slot: self.slot,
            wrong: self.is_given.then_some(("`not_generated` is about primary keys", "drop it")),
        })
    }
}
