//! The condition of a relationship: made of the foreign key that joins its classes, or read from what the user gave.

use super::Direction;
use super::condition::{JoinColumn, Side};
use super::draft::RelationDraft;
use crate::declare::check::{Problem, passive_problem, problem, problem_by_direction};
use crate::declare::join::{Join, foreign_keys, is_among, join};
use crate::declare::{ColumnName, ForeignKeyDecl, ModelDecl, TableDecl};
use crate::error::{Code, Error, Result};
use crate::sql::{ColumnRef, CompareOp, Op, Tree};

/// Finds direction and condition.
pub(super) fn resolve(draft: &mut RelationDraft, other: &'static ModelDecl) -> Result<()> {
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
        draft.condition.near =
            through(draft, decl.primaryjoin, "primaryjoin", table, &me.table, Side::Local)?;
        let far = through(draft, decl.secondaryjoin, "secondaryjoin", table, &other.table, Side::Remote)?;
        draft.condition.far = Some(far);
        return check_passive(draft, other, table);
    }
    if decl.secondaryjoin.is_some() {
        return Err(Error::new(Code::BadOption, "`secondaryjoin` without `secondary`")
            .help("name the association table by `secondary`"));
    }
    if let Some(condition) = decl.primaryjoin {
        by_condition(draft, &condition()?, other)?;
        return check_passive(draft, other, &other.table);
    }
    let (key, direction) = match join(me, other, decl) {
        Join::ToOne(key) => (key, Direction::ManyToOne),
        Join::ToMany(key) => (key, Direction::OneToMany),
        // The others are problems, or have an association table.
        _ => return Err(Error::new(Code::Internal, "the classes have no join")),
    };
    draft.direction = direction;
    draft.condition.near = by_key(draft, key, &me.table, &other.table)?;
    Ok(())
}

/// What `passive_deletes` leaves to the database, the foreign key of `table` has to do whose columns a condition of the
/// user's names.
fn check_passive(draft: &RelationDraft, other: &'static ModelDecl, table: &'static TableDecl) -> Result<()> {
    let condition = &draft.condition;
    let columns: Vec<usize> = match draft.secondary() {
        Some(_) => condition.near_links().iter().map(|link| link.link).collect(),
        None => condition.pairs().iter().map(|pair| pair.remote.index()).collect(),
    };
    let names: Vec<&str> =
        columns.iter().filter_map(|at| table.columns.get(*at)).map(|column| column.name).collect();
    let key = table.foreign_keys.iter().find(|key| {
        key.table == draft.model.table.name
            && key.columns.len() == names.len()
            && key.columns.iter().all(|name| names.contains(name))
    });
    let key = key.map(|key| (table, key));
    match passive_problem(draft.model, other, draft.decl, draft.direction, key) {
        Some(text) => Err(error(&Problem { code: Code::BadOption, text })),
        None => Ok(()),
    }
}

/// A problem that the declarations show, as an error: the mend stands behind a line break.
pub(super) fn error(problem: &Problem) -> Error {
    let text = problem.text.as_str();
    match text.split_once("\nhelp: ") {
        Some((message, help)) => Error::new(problem.code, message).help(help.replace('\n', " ")),
        None => Error::new(problem.code, text),
    }
}

/// The place of a column in its table.
fn place(table: &TableDecl, name: &str) -> Result<usize> {
    table
        .columns
        .iter()
        .position(|column| column.name == name)
        .ok_or_else(|| Error::new(Code::UnknownName, format!("`{}` has no column `{name}`", table.name)))
}

fn column(table: &TableDecl, name: &'static str, side: Side, foreign: bool) -> Result<Tree<JoinColumn>> {
    Ok(Tree::Late(JoinColumn { side, place: place(table, name)?, name, foreign }))
}

/// The condition of a foreign key between the two classes. Where `foreign_keys` names a part of it, only that part is
/// written by the relationship; the whole key joins.
fn by_key(
    draft: &RelationDraft,
    key: &ForeignKeyDecl,
    me: &TableDecl,
    other: &TableDecl,
) -> Result<Tree<JoinColumn>> {
    let is_to_one = draft.direction == Direction::ManyToOne;
    let (from, to) = if is_to_one { (me, other) } else { (other, me) };
    let (foreign_side, side) =
        if is_to_one { (Side::Local, Side::Remote) } else { (Side::Remote, Side::Local) };
    let only = draft.decl.foreign_keys;
    let mut terms = Vec::new();
    for (name, reference) in key.columns.iter().zip(key.references) {
        let foreign = only.is_empty() || is_among(name, from.name, only);
        let (foreign, referenced) =
            (column(from, name, foreign_side, foreign)?, column(to, reference, side, false)?);
        // The side that is given when it is loaded lazily stands where it reads best.
        terms.push(referenced.equals(foreign));
    }
    Ok(Tree::all(terms))
}

/// The condition between an association table and one of the two classes.
fn through(
    draft: &RelationDraft,
    condition: Option<fn() -> Result<Tree>>,
    option: &str,
    association: &'static TableDecl,
    table: &'static TableDecl,
    side: Side,
) -> Result<Tree<JoinColumn>> {
    if let Some(condition) = condition {
        let terms = equalities(&condition()?, draft, option, association, table)?;
        if let Some(term) = terms.iter().find(|term| !term.has_foreign_of(association)) {
            let message = format!(
                "`{option}` compares `{}` and `{}`, of which none is a foreign column of the association table",
                term.left.name, term.right.name
            );
            return Err(Error::new(Code::JoinCondition, message)
                .help(format!("compare columns of `{}` with those that they reference", association.name)));
        }
        return annotate(&terms, |_, one| match one.table == association.name {
            true => (association, Side::Association),
            false => (table, side),
        });
    }
    let Some(key) = foreign_keys(association, table.name, draft.decl.foreign_keys).first else {
        return Err(Error::new(Code::Internal, "the association table has no key to the class"));
    };
    let mut terms = Vec::new();
    for (name, reference) in key.columns.iter().zip(key.references) {
        let link = column(association, name, Side::Association, true)?;
        terms.push(column(table, reference, side, false)?.equals(link));
    }
    Ok(Tree::all(terms))
}

/// A column in a condition of the user's own.
#[derive(Clone, Copy)]
struct Marked {
    table: &'static str,
    name: &'static str,
    foreign: bool,
    remote: bool,
}

/// An equality in a condition of the user's own.
struct Equality {
    left: Marked,
    right: Marked,
}

impl Equality {
    fn columns(&self) -> [Marked; 2] {
        [self.left, self.right]
    }

    /// Whether no column of it is foreign: it only joins.
    fn is_plain(&self) -> bool {
        !self.left.foreign && !self.right.foreign
    }

    fn has_foreign_of(&self, table: &TableDecl) -> bool {
        self.columns().iter().any(|column| column.foreign && column.table == table.name)
    }
}

/// A condition between the two classes: its direction follows from its foreign columns.
fn by_condition(draft: &mut RelationDraft, condition: &Tree, other: &'static ModelDecl) -> Result<()> {
    let me = draft.model;
    let terms = equalities(condition, draft, "primaryjoin", &me.table, &other.table)?;
    let is_self = me.table.name == other.table.name;
    draft.direction = direction(draft, &terms, me, other)?;
    if let Some(problem) = problem_by_direction(me, other, draft.decl, draft.direction) {
        return Err(error(&problem));
    }
    let is_to_one = draft.direction == Direction::ManyToOne;
    draft.condition.near = annotate(&terms, |term, one| {
        let is_remote = match (is_self, term.is_plain()) {
            (false, _) => one.table != me.table.name,
            // Within one table the foreign columns are those of the side that has the key.
            (true, false) => one.foreign != is_to_one,
            (true, true) => one.remote,
        };
        if is_remote { (&other.table, Side::Remote) } else { (&me.table, Side::Local) }
    })?;
    Ok(())
}

fn annotate(
    terms: &[Equality],
    side: impl Fn(&Equality, Marked) -> (&'static TableDecl, Side),
) -> Result<Tree<JoinColumn>> {
    let column = |term: &Equality, one: Marked| {
        let (table, side) = side(term, one);
        column(table, one.name, side, one.foreign)
    };
    let mut conditions = Vec::new();
    for term in terms {
        conditions.push(column(term, term.left)?.equals(column(term, term.right)?));
    }
    Ok(Tree::all(conditions))
}

/// The equalities of a condition. A column is foreign that is marked so, or that `foreign_keys` names; where neither
/// says anything, one that a foreign key declares.
fn equalities(
    condition: &Tree,
    draft: &RelationDraft,
    option: &str,
    a: &'static TableDecl,
    b: &'static TableDecl,
) -> Result<Vec<Equality>> {
    let mut terms = Vec::new();
    for term in condition.conjuncts() {
        let Some((left, right)) = equality(term) else {
            let message = format!("`{option}` has a condition that isn't an equality of two columns");
            return Err(Error::new(Code::JoinCondition, message)
                .help("only equalities of columns joined by `and` are supported yet"));
        };
        terms.push(Equality {
            left: marked(left, draft.decl.foreign_keys, option, a, b)?,
            right: marked(right, draft.decl.foreign_keys, option, a, b)?,
        });
    }
    if terms.is_empty() {
        return Err(Error::new(Code::JoinCondition, format!("`{option}` equates no columns"))
            .help("write an equality of a foreign key and the column that it references"));
    }
    let is_said = terms.iter().any(|term| term.columns().iter().any(|column| column.foreign));
    for term in &mut terms {
        if !is_said {
            term.left.foreign = references(term.left, term.right, a, b);
            term.right.foreign = references(term.right, term.left, a, b);
        }
        let is_clear = term.left.foreign != term.right.foreign || (is_said && !term.left.foreign);
        if !is_clear {
            let (left, right) = (term.left.name, term.right.name);
            let message = format!("`{option}` doesn't tell which of `{left}` and `{right}` is foreign");
            return Err(Error::new(Code::JoinCondition, message)
                .help("mark it by `foreign()`, or name it in `foreign_keys`"));
        }
    }
    Ok(terms)
}

/// The two columns with their marks, if the term is an equality of columns.
fn equality(term: &Tree) -> Option<(MarkedRef<'_>, MarkedRef<'_>)> {
    let (term, foreign, remote) = term.unmarked();
    let Tree::Node(Op::Compare(CompareOp::Eq), _, operands) = term else { return None };
    let column = |tree| {
        let (tree, own_foreign, own_remote): (&Tree, bool, bool) = Tree::unmarked(tree);
        match tree {
            Tree::Column(column) => {
                Some(MarkedRef { column, foreign: foreign || own_foreign, remote: remote || own_remote })
            }
            _ => None,
        }
    };
    match operands.as_slice() {
        [left, right] => Some((column(left)?, column(right)?)),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct MarkedRef<'a> {
    column: &'a ColumnRef,
    foreign: bool,
    remote: bool,
}

/// The column of one of the two tables.
fn marked(
    one: MarkedRef<'_>,
    foreign_keys: &[ColumnName],
    option: &str,
    a: &'static TableDecl,
    b: &'static TableDecl,
) -> Result<Marked> {
    let Some(table) = [a, b].into_iter().find(|table| table.name == &*one.column.table.name) else {
        let message = format!("`{option}` names a column of a table that isn't part of the relationship");
        return Err(Error::new(Code::JoinCondition, message)
            .help(format!("use columns of `{}` and `{}`", a.name, b.name)));
    };
    let name = table.columns[place(table, &one.column.name)?].name;
    let foreign = one.foreign || is_among(name, table.name, foreign_keys);
    Ok(Marked { table: table.name, name, foreign, remote: one.remote })
}

/// Whether a foreign key says that one column references the other.
fn references(from: Marked, to: Marked, a: &TableDecl, b: &TableDecl) -> bool {
    let table = if a.name == from.table { a } else { b };
    table.foreign_keys.iter().any(|key| {
        key.table == to.table
            && key.columns.iter().zip(key.references).any(|(x, y)| *x == from.name && *y == to.name)
    })
}

/// The direction of a condition between two classes.
fn direction(
    draft: &RelationDraft,
    terms: &[Equality],
    me: &ModelDecl,
    other: &ModelDecl,
) -> Result<Direction> {
    let foreign: Vec<Marked> =
        terms.iter().flat_map(|term| term.columns()).filter(|column| column.foreign).collect();
    if me.table.name == other.table.name {
        return direction_of_self(draft, terms, &foreign);
    }
    let on = |table: &TableDecl| foreign.iter().all(|column| column.table == table.name);
    if on(&other.table) {
        Ok(Direction::OneToMany)
    } else if on(&me.table) {
        Ok(Direction::ManyToOne)
    } else {
        Err(Error::new(Code::JoinCondition, "foreign columns stand on both sides of the join")
            .help("mark those of one side by `foreign()`"))
    }
}

/// Within one table the remote side decides: the foreign columns (one-to-many, what a collection means
/// without `remote_side`) or the columns that they reference (many-to-one).
fn direction_of_self(draft: &RelationDraft, terms: &[Equality], foreign: &[Marked]) -> Result<Direction> {
    let marked: Vec<Marked> =
        terms.iter().flat_map(|term| term.columns()).filter(|column| column.remote).collect();
    let is_remote = |column: &Marked| match marked.is_empty() {
        true => is_among(column.name, column.table, draft.decl.remote_side),
        false => marked.iter().any(|other| other.name == column.name && column.remote),
    };
    if marked.is_empty() && draft.decl.remote_side.is_empty() {
        if draft.decl.kind.is_many() {
            return Ok(Direction::OneToMany);
        }
        return Err(Error::new(
            Code::JoinCondition,
            "a class related to itself has two sides; which one is this?",
        )
        .help("`remote_side` with the referenced column makes it the side of the parent"));
    }
    let referenced = terms.iter().filter_map(|term| match (term.left.foreign, term.right.foreign) {
        (true, false) => Some(term.right),
        (false, true) => Some(term.left),
        _ => None,
    });
    if referenced.into_iter().all(|column| is_remote(&column)) {
        Ok(Direction::ManyToOne)
    } else if foreign.iter().all(is_remote) {
        Ok(Direction::OneToMany)
    } else {
        Err(Error::new(
            Code::JoinCondition,
            "`remote_side` names neither the foreign columns nor the referenced ones",
        )
        .help("name every column of one side of the join"))
    }
}
