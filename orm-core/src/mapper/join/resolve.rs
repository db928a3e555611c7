//! Direction and condition of a relationship.

use super::super::Direction;
use super::super::condition::{JoinColumn, Side};
use super::super::draft::RelationDraft;
use super::direction::direction;
use super::given::Marked;
use super::{by_key, check, given, marks, named};
use crate::declare::check::{Problem, flipped, passive_problem, problem, problem_by_direction, problem_of};
use crate::declare::join::{Join, join, misfit};
use crate::declare::{ColumnDecl, Kind, ModelDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::Tree;

/// Finds direction and condition.
pub(in crate::mapper) fn resolve(draft: &mut RelationDraft, other: &'static ModelDecl) -> Result<()> {
    named::exist(draft, other)?;
    find(draft, other)?;
    draft.rows.ask(draft.condition.columns_beyond());
    named::order(draft, other)?;
    named::links(draft)
}

fn find(draft: &mut RelationDraft, other: &'static ModelDecl) -> Result<()> {
    let (me, decl) = (draft.model, draft.decl);
    if let Some(problem) = problem(me, other, decl, draft.secondary()) {
        return Err(error(&problem));
    }
    if let Some(table) = draft.secondary() {
        if decl.foreign_keys.iter().any(|key| key.table != table.name) {
            let message =
                format!("`foreign_keys` names a column outside of the association table, `{}`", table.name);
            return Err(Error::new(Code::BadOption, message).help("name columns of the association table"));
        }
        draft.direction = Direction::ManyToMany;
        draft.condition.near = match decl.primaryjoin {
            Some(condition) => {
                linking(draft, &condition.tree()?, "primaryjoin", (table, other), Side::Local)?
            }
            None => by_key::through(draft, table, &me.table, Side::Local)?,
        };
        draft.condition.far = Some(match decl.secondaryjoin {
            Some(condition) => {
                linking(draft, &condition.tree()?, "secondaryjoin", (table, other), Side::Remote)?
            }
            None => by_key::through(draft, table, &other.table, Side::Remote)?,
        });
        named::compared(draft, &named::of_links(draft, other))?;
        return check_passive(draft, other, table);
    }
    if decl.secondaryjoin.is_some() {
        return Err(Error::new(Code::BadOption, "`secondaryjoin` without `secondary`")
            .help("name the association table by `secondary`"));
    }
    if let Some(condition) = decl.primaryjoin {
        by_condition(draft, &condition.tree()?, other)?;
        return check_passive(draft, other, &other.table);
    }
    let (key, direction) = match join(me, other, decl) {
        Join::ToOne(key) => (key, Direction::ManyToOne),
        Join::ToMany(key) => (key, Direction::OneToMany),
        // The others are problems, or have an association table.
        _ => return Err(Error::new(Code::Internal, "the classes have no join")),
    };
    draft.direction = direction;
    draft.condition.near = by_key::between(draft, key, &me.table, &other.table)?;
    Ok(())
}

/// Takes direction and condition from the reverse side, whose are found.
pub(in crate::mapper) fn reverse(
    draft: &mut RelationDraft,
    of: &RelationDraft,
    other: &'static ModelDecl,
) -> Result<()> {
    let (me, decl) = (draft.model, draft.decl);
    draft.direction = match of.direction {
        Direction::OneToMany => Direction::ManyToOne,
        Direction::ManyToOne => Direction::OneToMany,
        Direction::ManyToMany => Direction::ManyToMany,
    };
    if decl.is_backref
        && draft.direction == Direction::ManyToOne
        && misfit(decl.kind, draft.direction).is_some()
    {
        let message = format!("it leads to one `{}` at most, which is no collection", other.class);
        return Err(Error::new(Code::BadOption, message).help(format!(
            "write `one` in `backref(...)` of `{}.{}`",
            of.model.class,
            of.name()
        )));
    }
    if let Some(name) = of.condition.columns_beyond().first() {
        let message = format!(
            "the condition of `{}.{}` names `{name}`, which only its query has",
            of.model.class,
            of.name()
        );
        return Err(
            Error::new(Code::JoinCondition, message).help("give this side a `primaryjoin` of its own")
        );
    }
    let join = flipped(join(of.model, me, of.decl));
    if let Some(problem) = problem_of(me, other, decl, draft.secondary(), join) {
        return Err(error(&problem));
    }
    if let Some(problem) = problem_by_direction(me, other, decl, draft.direction) {
        return Err(error(&problem));
    }
    draft.condition = of.condition.reversed();
    let table = draft.secondary().unwrap_or(&other.table);
    check_passive(draft, other, table)
}

/// What is left to the database, the foreign key of `table` has to do whose columns a condition of the user's names.
fn check_passive(draft: &RelationDraft, other: &'static ModelDecl, table: &'static TableDecl) -> Result<()> {
    let condition = &draft.condition;
    let (table, parent) = match draft.direction {
        Direction::ManyToOne => (&draft.model.table, &other.table),
        Direction::OneToMany | Direction::ManyToMany => (table, &draft.model.table),
    };
    let columns: Vec<usize> = match (draft.secondary(), draft.direction) {
        (Some(_), _) => condition.near_links().iter().map(|link| link.link).collect(),
        (None, Direction::ManyToOne) => condition.pairs().iter().map(|pair| pair.local.index()).collect(),
        (None, _) => condition.pairs().iter().map(|pair| pair.remote.index()).collect(),
    };
    let names: Vec<&str> =
        columns.iter().filter_map(|at| table.columns.get(*at)).map(|column| column.name).collect();
    let key = table.foreign_keys.iter().find(|key| {
        key.table == parent.name
            && key.columns.len() == names.len()
            && key.columns.iter().all(|name| names.contains(name))
    });
    let key = key.map(|key| (table, key));
    match passive_problem(draft.model, other, draft.decl, draft.direction, key) {
        Some(problem) => Err(error(&problem)),
        None => Ok(()),
    }
}

/// A problem that the declarations show, as an error: the mend stands behind a line break.
pub(in crate::mapper) fn error(problem: &Problem) -> Error {
    let text = problem.text.as_str();
    match text.split_once("\nhelp: ") {
        Some((message, help)) => Error::new(problem.code, message).help(help.replace('\n', " ")),
        None => Error::new(problem.code, text),
    }
}

/// A condition of the user's own between the two classes: its direction follows from its foreign columns.
fn by_condition(draft: &mut RelationDraft, condition: &Tree, other: &'static ModelDecl) -> Result<()> {
    let me = draft.model;
    let mut tree = given::read(condition, "primaryjoin", &[&me.table, &other.table], draft)?;
    let mut columns = Vec::new();
    tree.walk(&mut |tree| {
        if let Tree::Late(column) = tree {
            columns.push((column.table.name, column.name));
        }
    });
    named::compared(draft, &columns)?;
    marks::foreign(&mut tree, draft);
    marks::remote(&mut tree, draft, &other.table)?;
    check::sides(&tree, draft, &other.table)?;
    check::foreign(&tree, draft, "primaryjoin")?;
    draft.direction = direction(&tree, draft, &other.table)?;
    if draft.decl.kind == Kind::One
        && draft.direction == Direction::ManyToOne
        && let Some(column) = nullable_key(&tree, me)
    {
        let message = format!("`One` is required, but `{}.{}` may be NULL", me.class, column.attribute);
        let help = format!("write `Option<One<{}>>`, or take the `Option` off the column", other.class);
        return Err(Error::new(Code::BadOption, message).help(help));
    }
    if let Some(problem) = problem_by_direction(me, other, draft.decl, draft.direction) {
        return Err(error(&problem));
    }
    draft.condition.near = marks::sides(&tree, draft, &other.table, Side::Local);
    Ok(())
}

/// A column of the class that holds a key, and may be `NULL`.
fn nullable_key(tree: &Tree<Marked>, me: &'static ModelDecl) -> Option<&'static ColumnDecl> {
    let mut found = None;
    tree.walk(&mut |tree| {
        if let Tree::Late(column) = tree
            && column.foreign
            && !column.remote
            && column.is_of(&me.table)
        {
            found = found.or(me.table.columns.get(column.place).filter(|column| column.nullable));
        }
    });
    found
}

/// A condition of the user's own between the association table and the class, or the target.
fn linking(
    draft: &RelationDraft,
    condition: &Tree,
    option: &str,
    (association, other): (&'static TableDecl, &'static ModelDecl),
    meant: Side,
) -> Result<Tree<JoinColumn>> {
    let tables = [association, &draft.model.table, &other.table];
    let mut tree = given::read(condition, option, &tables, draft)?;
    marks::foreign(&mut tree, draft);
    if meant == Side::Local {
        marks::remote(&mut tree, draft, &other.table)?;
    }
    check::links(&tree, draft, option, association)?;
    check::foreign(&tree, draft, option)?;
    Ok(marks::sides(&tree, draft, &other.table, meant))
}
