//! Configuration: the passes that turn declarations into a `Mapping`, in their order. Every mistake is kept
//! and reported; a relationship with a mistake takes no part in the later passes.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::relation::{Direction, Relation, RelationId};
use super::{ClassEntry, Mapper, MapperId, Mapping, inverse, join, resolve};
use crate::declare::{Cascade, Kind, ModelDecl, RelationDecl, SecondaryDecl, TableDecl, TargetDecl};
use crate::error::{Code, Error, Result};

/// Numbers that are unique in the process, for tables indexed by class or relationship.
static MAPPER_UIDS: AtomicU32 = AtomicU32::new(0);
static RELATION_UIDS: AtomicU32 = AtomicU32::new(0);

/// Configures the classes and tables of a registry. The mapping lives as long as the program.
pub(super) fn configure(
    classes: &[&'static ClassEntry],
    tables: &[&'static TableDecl],
) -> Result<&'static Mapping> {
    let mut entries: Vec<&'static ClassEntry> = classes.to_vec();
    entries.sort_by_key(|entry| (entry.decl.module, entry.decl.class));
    let mut own_tables: Vec<&'static TableDecl> = entries.iter().map(|entry| &entry.decl.table).collect();
    let mut bare: Vec<&'static TableDecl> = tables.to_vec();
    bare.sort_by_key(|table| table.name);
    own_tables.extend(bare);

    let mut errors = Vec::new();
    let scope = Scope { entries: &entries, tables: &own_tables };
    check_tables(&scope, &mut errors);
    let mut relations = scope.relations(&mut errors);
    inverse::pair(&scope, &mut relations, &mut errors);
    for relation in relations.iter().flatten() {
        check_cascade(&scope, relation, &mut errors);
    }
    if !errors.is_empty() {
        let message = match errors.len() {
            1 => "the mapping has a mistake".to_owned(),
            n => format!("the mapping has {n} mistakes"),
        };
        return Err(Error::several(Code::Configuration, message, errors));
    }
    Ok(install(&entries, own_tables, relations.into_iter().flatten().collect()))
}

/// What names may mean.
pub(super) struct Scope<'a> {
    pub(super) entries: &'a [&'static ClassEntry],
    pub(super) tables: &'a [&'static TableDecl],
}

impl Scope<'_> {
    pub(super) fn decl(&self, mapper: MapperId) -> &'static ModelDecl {
        self.entries[mapper.0 as usize].decl
    }

    /// Every relationship of every class, resolved as far as it goes.
    fn relations(&self, errors: &mut Vec<Error>) -> Vec<Option<Relation>> {
        let mut all = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            for (index, decl) in entry.decl.relations.iter().enumerate() {
                let id = RelationId { mapper: mapper_id(at), index: narrow(index) };
                let resolved = self.relation(entry.decl, decl, id);
                all.push(resolved.map_err(|error| errors.push(of(error, entry.decl, decl))).ok());
            }
        }
        all
    }

    fn relation(
        &self,
        class: &'static ModelDecl,
        decl: &'static RelationDecl,
        id: RelationId,
    ) -> Result<Relation> {
        let target = self.target(decl)?;
        let secondary = match decl.secondary {
            SecondaryDecl::None => None,
            SecondaryDecl::Table(table) => Some(table),
            SecondaryDecl::Named(name) => Some(resolve::table(self.tables, name)?),
        };
        let mut relation = Relation {
            id,
            uid: RELATION_UIDS.fetch_add(1, Ordering::Relaxed),
            name: decl.name,
            class: class.class,
            decl,
            target,
            direction: Direction::OneToMany,
            inverse: None,
            secondary,
            pairs: Vec::new(),
            secondary_pairs: Vec::new(),
            get: None,
            order_by: decl.order_by.map(|order| order()).unwrap_or_default(),
        };
        join::resolve(&mut relation, class, self.decl(target))?;
        Ok(relation)
    }

    fn target(&self, decl: &RelationDecl) -> Result<MapperId> {
        match decl.target {
            TargetDecl::Named(name) => {
                let decls: Vec<_> = self.entries.iter().map(|entry| entry.decl).collect();
                resolve::class(&decls, name).map(mapper_id)
            }
            TargetDecl::Class { class, id } => {
                let id = id();
                self.entries.iter().position(|entry| (entry.type_id)() == id).map(mapper_id).ok_or_else(
                    || {
                        Error::new(Code::UnknownName, format!("`{class}` isn't in the same registry"))
                            .help("give both classes the same `#[mapped(registry = ...)]`")
                    },
                )
            }
        }
    }
}

fn of(error: Error, class: &ModelDecl, relation: &RelationDecl) -> Error {
    error.about(class.class, Some(relation.name))
}

fn mapper_id(at: usize) -> MapperId {
    MapperId(u32::try_from(at).unwrap_or(u32::MAX))
}

fn narrow(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// Two classes on one table, tables without a key, foreign keys to what isn't there.
fn check_tables(scope: &Scope<'_>, errors: &mut Vec<Error>) {
    for (at, table) in scope.tables.iter().enumerate() {
        let owner = scope.entries.get(at).map_or(table.name, |entry| entry.decl.class);
        if scope.tables[..at].iter().any(|other| other.name == table.name) {
            errors.push(
                Error::new(Code::BadTable, format!("the table `{}` is declared twice", table.name))
                    .about(owner, None)
                    .help("give one of them another name by `#[mapped(table = \"...\")]`"),
            );
        }
        if at < scope.entries.len() && !table.columns.iter().any(|column| column.primary_key) {
            errors.push(
                Error::new(Code::BadTable, "the class has no primary key")
                    .about(owner, None)
                    .help("mark a field with `#[column(primary_key)]`"),
            );
        }
        for key in table.foreign_keys {
            match resolve::table(scope.tables, key.table) {
                Err(error) => errors.push(error.about(owner, key.columns.first().copied())),
                Ok(target) => check_references(owner, table, target, key.columns, key.references, errors),
            }
        }
    }
}

fn check_references(
    owner: &str,
    table: &TableDecl,
    target: &TableDecl,
    columns: &[&str],
    references: &[&'static str],
    errors: &mut Vec<Error>,
) {
    if columns.len() != references.len() {
        errors.push(
            Error::new(
                Code::BadTable,
                format!(
                    "a foreign key of {} columns references {} columns of `{}`",
                    columns.len(),
                    references.len(),
                    target.name
                ),
            )
            .about(owner, columns.first().copied())
            .help("name one referenced column for each, in the same order"),
        );
        return;
    }
    for (name, reference) in columns.iter().zip(references) {
        let Some(referenced) = target.column(reference) else {
            let error = Error::new(
                Code::UnknownName,
                format!("the foreign key references `{}.{reference}`, which isn't there", target.name),
            )
            .about(owner, Some(name));
            errors.push(match resolve::nearest(reference, target.columns.iter().map(|column| column.name)) {
                Some(near) => error.help(format!("did you mean `{}.{near}`?", target.name)),
                None => error,
            });
            continue;
        };
        if let Some(column) = table.column(name)
            && column.type_name != referenced.type_name
        {
            errors.push(
                Error::new(
                    Code::JoinCondition,
                    format!(
                        "the foreign key is a `{}`, but `{}.{reference}` is a `{}`",
                        column.type_name, target.name, referenced.type_name
                    ),
                )
                .about(owner, Some(name))
                .help("give both the same type"),
            );
        }
    }
}

/// `delete-orphan` needs one owner: the "one" side of a one-to-many, or `single_parent`.
fn check_cascade(scope: &Scope<'_>, relation: &Relation, errors: &mut Vec<Error>) {
    let class = scope.decl(relation.id.mapper);
    if relation.cascade().has(Cascade::DELETE_ORPHAN)
        && relation.direction != Direction::OneToMany
        && !relation.single_parent()
    {
        errors.push(of(
            Error::new(
                Code::BadOption,
                "`delete-orphan` on a side that may share its objects with other parents",
            )
            .help("put it on the \"one\" side, or add `single_parent`"),
            class,
            relation.decl,
        ));
    }
    if relation.direction == Direction::ManyToMany && !relation.is_many() {
        errors.push(of(
            Error::new(Code::BadOption, "a relationship through a table between is a collection")
                .help("write `Many<...>` or `ManySet<...>`"),
            class,
            relation.decl,
        ));
    }
    if relation.direction == Direction::ManyToOne && relation.is_many() {
        errors.push(of(
            Error::new(
                Code::BadOption,
                "the foreign key stands on this class, so there is one object at most",
            )
            .help("write `One<...>` or `Option<One<...>>`, or turn `remote_side` round"),
            class,
            relation.decl,
        ));
    }
    if relation.kind() == Kind::One && relation.direction == Direction::OneToMany {
        errors.push(of(
            Error::new(
                Code::BadOption,
                "the foreign key stands on the other class, so the row may be missing",
            )
            .help("write `Option<One<...>>`"),
            class,
            relation.decl,
        ));
    }
}

fn install(
    entries: &[&'static ClassEntry],
    tables: Vec<&'static TableDecl>,
    relations: Vec<Relation>,
) -> &'static Mapping {
    let mut mappers: Vec<Mapper> = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let columns = entry.decl.table.columns;
            Mapper {
                id: mapper_id(at),
                uid: MAPPER_UIDS.fetch_add(1, Ordering::Relaxed),
                decl: entry.decl,
                type_id: (entry.type_id)(),
                factory: entry.factory,
                primary_key: (0..columns.len()).filter(|at| columns[*at].primary_key).collect(),
                generated_key: columns.iter().position(|column| column.generated),
                relations: Vec::new(),
                delete_orphans: Vec::new(),
                referenced: Vec::new(),
                mapping: OnceLock::new(),
            }
        })
        .collect();
    for relation in relations {
        let target = &mut mappers[relation.target.0 as usize];
        target.referenced.push(relation.id);
        if relation.cascade().has(Cascade::DELETE_ORPHAN) {
            target.delete_orphans.push(relation.id);
        }
        mappers[relation.id.mapper.0 as usize].relations.push(relation);
    }
    // One mapping for each registry, kept for the life of the program, so that objects can refer to it.
    let mapping: &'static Mapping = Box::leak(Box::new(Mapping { mappers, tables }));
    for mapper in &mapping.mappers {
        let _ = mapper.mapping.set(mapping);
    }
    mapping
}

#[cfg(test)]
mod tests {
    use super::check_references;
    use crate::declare::{ColumnDecl, TableDecl};

    const COLUMNS: &[ColumnDecl] =
        &[ColumnDecl::of::<i64>("org", "org"), ColumnDecl::of::<Option<String>>("num", "num")];
    const TABLE: TableDecl = TableDecl {
        name: "account",
        columns: COLUMNS,
        foreign_keys: &[],
        uniques: &[],
        indexes: &[],
        checks: &[],
    };

    fn problems(columns: &[&str], references: &[&'static str]) -> Vec<String> {
        let mut errors = Vec::new();
        check_references("Note", &TABLE, &TABLE, columns, references, &mut errors);
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn foreign_keys_match_what_they_reference() {
        assert_eq!(problems(&["org", "num"], &["org", "num"]), [""; 0]);
        let swapped = problems(&["org", "num"], &["num", "org"]);
        assert_eq!(swapped.len(), 2, "{swapped:?}");
        assert!(swapped[0].contains("is a `i64`, but `account.num` is a `String`"), "{swapped:?}");
        let short = problems(&["org", "num"], &["org"]);
        assert_eq!(short.len(), 1, "{short:?}");
        assert!(short[0].contains("of 2 columns references 1 columns of `account`"), "{short:?}");
    }
}
