//! The calls by which generated code declares tables, foreign keys and relationships.

use super::{
    BackrefDecl, Cascade, CheckDecl, ColumnDecl, ColumnName, ConditionDecl, Deferrable, ForeignKeyDecl,
    IndexDecl, InnerJoin, ItemChecks, KeyedBy, Kind, Lazy, OrderDecl, OrderedBy, PassiveDeletes,
    ReferentialAction, RelationDecl, RowsDecl, SecondaryDecl, TableDecl, TableKind, TargetDecl, UniqueDecl,
};

/// Functions that set one field each. For generated code: they are evaluated for every class that is checked, and a
/// declaration that is handed on as a whole costs the compiler far less than one that is copied field by field.
macro_rules! setters {
    ($decl:ident: $($field:ident: $type:ty,)*) => {
        impl $decl {
            $(
                #[doc(hidden)]
                #[must_use]
                pub const fn $field(mut self, $field: $type) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

impl TableDecl {
    /// Without columns and constraints, to be filled in.
    #[doc(hidden)]
    pub const fn named(name: &'static str) -> Self {
        TableDecl::new(name, &[])
    }

    /// A table without keys and constraints.
    #[doc(hidden)]
    pub const fn new(name: &'static str, columns: &'static [ColumnDecl]) -> Self {
        TableDecl {
            name,
            columns,
            foreign_keys: &[],
            uniques: &[],
            indexes: &[],
            checks: &[],
            kind: TableKind::PLAIN,
            comment: None,
        }
    }
}

setters! { TableDecl:
    foreign_keys: &'static [ForeignKeyDecl],
    uniques: &'static [UniqueDecl],
    indexes: &'static [IndexDecl],
    checks: &'static [CheckDecl],
    kind: TableKind,
    comment: Option<&'static str>,
}

impl ForeignKeyDecl {
    /// Without columns and options, to be filled in.
    #[doc(hidden)]
    pub const PLAIN: ForeignKeyDecl = ForeignKeyDecl::new(&[], "", &[]);

    /// Without options.
    #[doc(hidden)]
    pub const fn new(
        columns: &'static [&'static str],
        table: &'static str,
        references: &'static [&'static str],
    ) -> Self {
        ForeignKeyDecl {
            name: None,
            columns,
            table,
            references,
            on_delete: None,
            on_update: None,
            deferrable: Deferrable::No,
            indexed: true,
            from_database: false,
        }
    }
}

setters! { ForeignKeyDecl:
    name: Option<&'static str>,
    on_delete: Option<ReferentialAction>,
    on_update: Option<ReferentialAction>,
    deferrable: Deferrable,
    indexed: bool,
}

impl RelationDecl {
    /// A relationship without options. For generated code.
    #[doc(hidden)]
    pub const fn new(name: &'static str, kind: Kind, target: TargetDecl) -> Self {
        RelationDecl {
            name,
            kind,
            target,
            rows: None,
            back_populates: None,
            backref: None,
            is_backref: false,
            one_way: false,
            sync_backref: None,
            secondary: SecondaryDecl::None,
            foreign_keys: &[],
            foreign_keys_text: None,
            remote_side: &[],
            remote_side_text: None,
            primaryjoin: None,
            secondaryjoin: None,
            order_by: None,
            ordered_by: None,
            checks: ItemChecks::NONE,
            keyed_by: None,
            viewonly: false,
            cascade: Cascade::DEFAULT,
            passive_deletes: PassiveDeletes::No,
            post_update: false,
            passive_updates: true,
            lazy: Lazy::Select,
            join_depth: None,
            inner_join: InnerJoin::No,
            single_parent: false,
            active_history: false,
            load_on_pending: false,
            omit_join: true,
            overlaps: &[],
            info: None,
        }
    }
}

setters! { RelationDecl:
    rows: Option<RowsDecl>,
    back_populates: Option<&'static str>,
    backref: Option<BackrefDecl>,
    is_backref: bool,
    one_way: bool,
    sync_backref: Option<bool>,
    secondary: SecondaryDecl,
    foreign_keys: &'static [ColumnName],
    foreign_keys_text: Option<&'static str>,
    remote_side: &'static [ColumnName],
    remote_side_text: Option<&'static str>,
    primaryjoin: Option<ConditionDecl>,
    secondaryjoin: Option<ConditionDecl>,
    order_by: Option<OrderDecl>,
    ordered_by: Option<OrderedBy>,
    keyed_by: Option<KeyedBy>,
    checks: ItemChecks,
    viewonly: bool,
    cascade: Cascade,
    passive_deletes: PassiveDeletes,
    post_update: bool,
    passive_updates: bool,
    lazy: Lazy,
    join_depth: Option<u16>,
    inner_join: InnerJoin,
    single_parent: bool,
    active_history: bool,
    load_on_pending: bool,
    omit_join: bool,
    overlaps: &'static [&'static str],
    info: Option<&'static str>,
}
