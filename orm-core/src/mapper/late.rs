//! What is added to a registry while the program runs, until it is configured.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::NamingConvention;
use super::info::{AddedColumn, AddedListener, AddedRelation, ClassInfo};
use crate::declare::TableDecl;
use crate::error::{Code, Error};

/// What is added, and whether more may be.
pub(super) struct Late {
    pub(super) phase: Phase,
    pub(super) classes: Vec<&'static ClassInfo>,
    pub(super) tables: Vec<&'static TableDecl>,
    pub(super) columns: Vec<&'static AddedColumn>,
    pub(super) relations: Vec<&'static AddedRelation>,
    pub(super) listeners: Vec<&'static AddedListener>,
    pub(super) naming: Option<NamingConvention>,
}

/// How far a registry is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It takes more.
    Open,
    /// Its names are being resolved.
    Configuring,
    /// It has its mapping.
    Configured,
}

impl Late {
    pub(super) const fn new() -> Self {
        Late {
            phase: Phase::Open,
            classes: Vec::new(),
            tables: Vec::new(),
            columns: Vec::new(),
            relations: Vec::new(),
            listeners: Vec::new(),
            naming: None,
        }
    }

    pub(super) fn set_phase(&mut self, phase: Phase) {
        self.phase = phase;
    }
}

/// The tables of all registries that were mapped while the program runs.
pub(super) static TABLES: Mutex<Vec<&'static TableDecl>> = Mutex::new(Vec::new());

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The error of a relationship in a constant that wasn't added to the registry of its class.
#[cold]
pub(crate) fn not_added(class: &'static str, name: &'static str) -> Error {
    Error::new(Code::UnknownAttribute, "the relationship isn't added to the class's registry")
        .about(class, Some(name))
        .help("add it by `orm::late!`, or by `add` before the registry is used")
}

/// Whether a table was mapped while the program runs of which that is true.
pub(super) fn any_table(is: impl Fn(&TableDecl) -> bool) -> bool {
    lock(&TABLES).iter().any(|table| is(table))
}

/// A relationship or a column of a class that stands in a constant: what [`LateRelationship`](crate::state::LateRelationship)
/// and [`LateColumn`](crate::state::LateColumn) give a registry.
pub trait LateAttribute: Sync + 'static {
    /// What is added.
    #[doc(hidden)]
    fn addition(&'static self) -> LateAddition;
}

/// What a [`LateAttribute`] adds.
#[doc(hidden)]
pub struct LateAddition(pub(super) Addition);

pub(super) enum Addition {
    Relation(AddedRelation),
    Column(AddedColumn),
}

impl LateAddition {
    pub(crate) fn relation(relation: AddedRelation) -> Self {
        LateAddition(Addition::Relation(relation))
    }

    pub(crate) fn column(column: AddedColumn) -> Self {
        LateAddition(Addition::Column(column))
    }

    pub(super) fn add_to(
        self,
        columns: &mut Vec<&'static AddedColumn>,
        relations: &mut Vec<&'static AddedRelation>,
    ) {
        match self.0 {
            Addition::Relation(relation) => relations.push(Box::leak(Box::new(relation))),
            Addition::Column(column) => columns.push(Box::leak(Box::new(column))),
        }
    }
}

/// A condition by a typed expression, for relationships that no struct declares: see
/// [`LateRelationship`](crate::state::LateRelationship).
#[macro_export]
macro_rules! condition {
    ($condition:expr $(,)?) => {
        $crate::private::ConditionDecl::Typed(|asked| $crate::private::join_condition($condition, asked))
    };
}

/// An order by typed terms, for relationships that no struct declares: see
/// [`LateRelationship`](crate::state::LateRelationship).
#[macro_export]
macro_rules! order {
    ($($term:expr),+ $(,)?) => {
        $crate::private::OrderDecl::Typed(|asked| {
            $crate::private::order_terms([$($crate::private::order_term($term)),+])(asked)
        })
    };
}

/// Adds relationships and columns that stand in constants to a registry, when the program is linked: see
/// [`LateRelationship`](crate::state::LateRelationship).
#[macro_export]
macro_rules! late {
    ($registry:path: $($attribute:path),+ $(,)?) => {
        $($crate::private::inventory::submit! {
            $crate::private::LateRegistration::new(
                &$attribute,
                <$registry as $crate::private::Registry>::CELL,
            )
        })+
    };
}
