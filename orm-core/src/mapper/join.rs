//! Join discovery: which columns join a class to its target, by foreign keys or by a condition.

use super::Direction;
use super::direction;
use super::scope::RelationDraft;
use crate::declare::{ForeignKeyDecl, ModelDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{ColumnRef, EqualPair, Expr};

/// A pair of columns that a join condition equates, the foreign one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ForeignPair {
    pub(super) foreign: ColumnRef,
    pub(super) referenced: ColumnRef,
    /// Which of the two is marked remote.
    pub(super) remote: Option<ColumnRef>,
}

/// Finds the direction, the pairs of columns and whether the target can be looked up by its key.
pub(super) fn resolve(
    relation: &mut RelationDraft,
    class: &'static ModelDecl,
    target: &'static ModelDecl,
) -> Result<()> {
    match relation.secondary {
        Some(secondary) => {
            if relation.decl.foreign_keys.iter().any(|key| key.table.name != secondary.name) {
                return Err(Error::new(
                    Code::BadOption,
                    format!(
                        "`foreign_keys` names a column outside of the table between, `{}`",
                        secondary.name
                    ),
                )
                .help("name columns of the table between"));
            }
            relation.direction = Direction::ManyToMany;
            let near = through(relation.primaryjoin(), relation, secondary, &class.table, "primaryjoin")?;
            relation.pairs = indexes(&near, &class.table, secondary)?;
            let far = relation.decl.secondaryjoin.map(|join| join());
            let far = through(far, relation, secondary, &target.table, "secondaryjoin")?;
            relation.secondary_pairs = indexes(&far, &target.table, secondary)?;
        }
        None => {
            if relation.decl.secondaryjoin.is_some() {
                return Err(Error::new(Code::BadOption, "`secondaryjoin` without `secondary`")
                    .help("name the table between by `secondary`"));
            }
            let pairs = direct(relation, class, target)?;
            relation.direction = direction::of(relation, &pairs, &class.table, &target.table)?;
            let (from, to) = match relation.direction {
                Direction::ManyToOne => (&target.table, &class.table),
                _ => (&class.table, &target.table),
            };
            relation.pairs = indexes(&pairs, from, to)?;
            relation.get = by_key(relation, target);
        }
    }
    Ok(())
}

/// (referenced, foreign) as places in the table that is referenced and the one that has the foreign key.
fn indexes(
    pairs: &[ForeignPair],
    referenced: &TableDecl,
    foreign: &TableDecl,
) -> Result<Vec<(usize, usize)>> {
    let place = |table: &TableDecl, column: ColumnRef| {
        table.columns.iter().position(|decl| decl.name == column.name).ok_or_else(|| {
            Error::new(Code::UnknownName, format!("`{}` has no column `{}`", table.name, column.name))
        })
    };
    pairs
        .iter()
        .map(|pair| Ok((place(referenced, pair.referenced)?, place(foreign, pair.foreign)?)))
        .collect()
}

/// The pairs between a class and its target.
fn direct(
    relation: &RelationDraft,
    class: &'static ModelDecl,
    target: &'static ModelDecl,
) -> Result<Vec<ForeignPair>> {
    if let Some(condition) = relation.primaryjoin() {
        return of_condition(&condition, relation, &class.table, &target.table, "primaryjoin");
    }
    let mut paths: Vec<Vec<ForeignPair>> = keys(&target.table, &class.table, relation.decl.foreign_keys);
    if class.table.name != target.table.name {
        paths.extend(keys(&class.table, &target.table, relation.decl.foreign_keys));
    }
    one_path(paths, relation, class.class, target.class)
}

/// The pairs between a table between and one of the two classes.
fn through(
    condition: Option<Expr>,
    relation: &RelationDraft,
    secondary: &'static TableDecl,
    table: &'static TableDecl,
    option: &str,
) -> Result<Vec<ForeignPair>> {
    match condition {
        Some(condition) => of_condition(&condition, relation, secondary, table, option),
        None => {
            let paths = keys(secondary, table, relation.decl.foreign_keys);
            if paths.len() > 1 {
                return Err(Error::new(
                    Code::JoinCondition,
                    format!("several foreign keys of `{}` reference `{}`", secondary.name, table.name),
                )
                .help("say which by `primaryjoin` and `secondaryjoin`"));
            }
            one_path(paths, relation, secondary.name, table.name)
        }
    }
}

/// The foreign keys of a table to another. `only` chooses the one that is made of exactly those columns, else
/// those that are made of some of them.
fn keys(from: &'static TableDecl, to: &'static TableDecl, only: &[ColumnRef]) -> Vec<Vec<ForeignPair>> {
    let chosen = |key: &&ForeignKeyDecl| {
        only.is_empty() || key.columns.iter().all(|name| only.contains(&ColumnRef::new(from.name, name)))
    };
    let mut keys: Vec<&ForeignKeyDecl> =
        from.foreign_keys.iter().filter(|key| key.table == to.name).filter(chosen).collect();
    if !only.is_empty() && keys.iter().any(|key| key.columns.len() == only.len()) {
        keys.retain(|key| key.columns.len() == only.len());
    }
    let pairs = |key: &ForeignKeyDecl| {
        key.columns
            .iter()
            .zip(key.references)
            .map(|(foreign, referenced)| ForeignPair {
                foreign: ColumnRef::new(from.name, foreign),
                referenced: ColumnRef::new(to.name, referenced),
                remote: None,
            })
            .collect()
    };
    keys.into_iter().map(pairs).collect()
}

fn one_path(
    mut paths: Vec<Vec<ForeignPair>>,
    relation: &RelationDraft,
    a: &str,
    b: &str,
) -> Result<Vec<ForeignPair>> {
    match paths.len() {
        1 => Ok(paths.swap_remove(0)),
        0 if relation.decl.foreign_keys.is_empty() => {
            Err(Error::new(Code::JoinCondition, format!("no foreign key joins `{a}` and `{b}`"))
                .help("declare one with `foreign_key = ...`, or give `primaryjoin`"))
        }
        0 => Err(Error::new(
            Code::JoinCondition,
            format!("`foreign_keys` names no foreign key between `{a}` and `{b}`"),
        )
        .help("name the columns of a foreign key that joins the two")),
        _ => Err(Error::new(Code::JoinCondition, format!("several foreign keys join `{a}` and `{b}`"))
            .help("say which by `foreign_keys = ...`")),
    }
}

/// The pairs that a condition equates. The foreign column of a pair is the one that is marked so, or that
/// `foreign_keys` names, or that a foreign key declares.
fn of_condition(
    condition: &Expr,
    relation: &RelationDraft,
    a: &'static TableDecl,
    b: &'static TableDecl,
    option: &str,
) -> Result<Vec<ForeignPair>> {
    let equalities = condition.equal_pairs();
    if !equalities.others.is_empty() {
        return Err(Error::new(
            Code::JoinCondition,
            format!("`{option}` has a condition that isn't an equality of two columns"),
        )
        .help("only equalities of columns joined by `and` are supported yet"));
    }
    let known = |column: ColumnRef| [a, b].into_iter().find(|table| table.name == column.table.name);
    let references = |from: ColumnRef, to: ColumnRef| {
        known(from).is_some_and(|table| {
            table.foreign_keys.iter().any(|key| {
                key.table == to.table.name
                    && key.columns.iter().zip(key.references).any(|(x, y)| *x == from.name && *y == to.name)
            })
        })
    };
    let named = |column: ColumnRef| relation.decl.foreign_keys.contains(&column);
    let mut pairs = Vec::new();
    for EqualPair { left: l, right: r } in equalities.pairs {
        let (left, right) = (l.column, r.column);
        if known(left).is_none() || known(right).is_none() {
            return Err(Error::new(
                Code::JoinCondition,
                format!("`{option}` names a column of a table that isn't part of the relationship"),
            )
            .help(format!("use columns of `{}` and `{}`", a.name, b.name)));
        }
        let forward = l.foreign || named(left) || (!r.foreign && !named(right) && references(left, right));
        let backward = r.foreign || named(right) || (!l.foreign && !named(left) && references(right, left));
        let remote = [l, r].into_iter().find(|side| side.remote).map(|side| side.column);
        pairs.push(match (forward, backward) {
            (true, false) => ForeignPair { foreign: left, referenced: right, remote },
            (false, true) => ForeignPair { foreign: right, referenced: left, remote },
            _ => {
                return Err(Error::new(
                    Code::JoinCondition,
                    format!(
                        "`{option}` doesn't tell which of `{}` and `{}` is foreign",
                        left.name, right.name
                    ),
                )
                .help("mark it by `foreign(...)`, or name it in `foreign_keys`"));
            }
        });
    }
    if pairs.is_empty() {
        return Err(Error::new(Code::JoinCondition, format!("`{option}` equates no columns"))
            .help("write an equality of a foreign key and the column that it references"));
    }
    Ok(pairs)
}

/// For a many-to-one whose pairs cover exactly the target's primary key: the local column for each key column.
fn by_key(relation: &RelationDraft, target: &ModelDecl) -> Option<Vec<usize>> {
    if relation.direction != Direction::ManyToOne {
        return None;
    }
    let columns = target.table.columns;
    let key: Vec<usize> = (0..columns.len()).filter(|at| columns[*at].primary_key).collect();
    if key.len() != relation.pairs.len() {
        return None;
    }
    key.iter().map(|at| relation.pairs.iter().find(|pair| pair.0 == *at).map(|pair| pair.1)).collect()
}
