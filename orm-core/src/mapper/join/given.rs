//! A condition of the user's own: its columns found in the tables of the relationship, with the marks that stand around
//! them.

use super::by_key::place;
use crate::declare::{ColumnName, OtherRows, TableDecl};
use crate::error::{Code, Error, Result};
use crate::mapper::RelationSource;
use crate::mapper::condition::BEYOND;
use crate::mapper::draft::RelationDraft;
use crate::mapper::resolve::nearest;
use crate::sql::{ColumnRef, Depth, Op, Tree};

/// A column in a condition of the user's own.
#[derive(Clone, Copy)]
pub(super) struct Marked {
    pub(super) table: &'static TableDecl,
    /// Its place in the table.
    pub(super) place: usize,
    pub(super) name: &'static str,
    /// Whether the relationship writes it.
    pub(super) foreign: bool,
    /// Whether it is a column of the rows that the relationship leads to, or through.
    pub(super) remote: bool,
}

impl Marked {
    /// The column of a table at that place, without marks.
    fn of(table: &'static TableDecl, place: usize) -> Self {
        let name = table.columns.get(place).map_or("", |column| column.name);
        Marked { table, place, name, foreign: false, remote: false }
    }

    /// Whether both are the same column, whatever their marks.
    pub(super) fn is(&self, other: &Marked) -> bool {
        self.place == other.place && self.is_of(other.table)
    }

    /// Whether it is a column of the table.
    pub(super) fn is_of(&self, table: &TableDecl) -> bool {
        self.table.name == table.name
    }

    /// As messages name it.
    pub(super) fn text(&self) -> String {
        format!("{}.{}", self.table.name, self.name)
    }
}

impl Depth for Marked {
    fn depth(&self) -> u16 {
        0
    }
}

/// The condition `option` with columns of these tables, of those that an association brings together, and of the query that
/// the relationship leads to.
///
/// # Errors
/// `join-condition` where it names a column of another table.
pub(super) fn read(
    condition: &Tree,
    option: &str,
    tables: &[&'static TableDecl],
    draft: &RelationDraft,
) -> Result<Tree<Marked>> {
    let (links, rows) = (draft.association.as_ref(), &draft.rows);
    let tree = Reader { option, tables, links, rows }.tree(condition, (false, false))?;
    let mut columns = 0;
    tree.walk(&mut |tree| columns += usize::from(matches!(tree, Tree::Late(_))));
    if columns == 0 {
        return Err(Error::new(Code::JoinCondition, format!("`{option}` compares no columns"))
            .help("write an equality of a foreign key and the column that it references"));
    }
    Ok(tree)
}

struct Reader<'a> {
    option: &'a str,
    tables: &'a [&'static TableDecl],
    links: Option<&'a RelationSource>,
    rows: &'a RelationSource,
}

impl Reader<'_> {
    /// The expression without marks around it: they are said of its columns.
    fn tree(&self, tree: &Tree, (foreign, remote): (bool, bool)) -> Result<Tree<Marked>> {
        Ok(match tree {
            Tree::Node(mark @ (Op::Foreign | Op::Remote), _, inner) => {
                let marks = (foreign || *mark == Op::Foreign, remote || *mark == Op::Remote);
                return inner.first().map_or(Ok(Tree::TooDeep), |inner| self.tree(inner, marks));
            }
            Tree::Node(op, _, operands) => {
                let mut read = Vec::with_capacity(operands.len());
                for operand in operands {
                    read.push(self.tree(operand, (foreign, remote))?);
                }
                Tree::node(op.clone(), read)
            }
            Tree::Column(column) => {
                let marked = self.column(column)?;
                Tree::Late(Marked { foreign, remote: remote || marked.remote, ..marked })
            }
            Tree::Late(never) => match *never {},
            Tree::Value(value) => Tree::Value(value.clone()),
            Tree::Param(number) => Tree::Param(*number),
            Tree::Text(sql) => Tree::Text(sql.clone()),
            Tree::Label(name) => Tree::Label(name.clone()),
            Tree::Ordinal(place) => Tree::Ordinal(*place),
            Tree::Exists(select) => Tree::Exists(select.clone()),
            Tree::Subquery(select) => Tree::Subquery(select.clone()),
            Tree::TooDeep => Tree::TooDeep,
        })
    }

    /// A column of an alias or of a query.
    fn other(&self, column: &ColumnRef, of: &OtherRows) -> Result<Marked> {
        let (table, name) = (&*column.table.name, &*column.name);
        match of {
            OtherRows::Alias => {
                let links = self.links.filter(|links| links.is_alias_of(table)).map(RelationSource::table);
                match links {
                    Some(links) => Ok(Marked::of(links, place(links, name)?)),
                    None => Err(Error::new(
                        Code::JoinCondition,
                        "a condition asks for an alias, which a declaration can't",
                    )
                    .help(
                        "compare columns of the classes only, or ask by a query; an alias may be the `secondary`",
                    )),
                }
            }
            OtherRows::Query(query) => match self.links.filter(|links| links.query_name() == Some(query)) {
                Some(links) => link(links, column, query),
                None => self.of_rows(table, name),
            },
            OtherRows::Objects => self.of_rows(table, name),
        }
    }

    /// A column of the query that the relationship leads to.
    fn of_rows(&self, table: &str, name: &str) -> Result<Marked> {
        let target = self.rows.table();
        if !matches!(self.rows, RelationSource::Select(..)) {
            let message = format!(
                "a condition names `{table}.{name}` of a query that the relationship doesn't lead to"
            );
            return Err(Error::new(Code::JoinCondition, message)
                .help("lead to its rows: `rows = aliased_as(Order, &query)`"));
        }
        // In a class that leads to itself nothing else tells that they are those of the other row.
        let is_self = self.tables.iter().filter(|known| known.name == target.name).count() > 1;
        let found = target.columns.iter().position(|known| known.name == name);
        let marked = match found {
            Some(place) => Marked::of(target, place),
            // It lives as long as the mapping, the life of the program.
            None => Marked { name: name.to_owned().leak(), ..Marked::of(target, BEYOND) },
        };
        Ok(Marked { remote: is_self, ..marked })
    }

    fn column(&self, column: &ColumnRef) -> Result<Marked> {
        if let Some(of) = OtherRows::of(column) {
            return self.other(column, &of);
        }
        let (table_name, name) = (&*column.table.name, &*column.name);
        let brought = self.links.filter(|links| !links.origins().is_empty());
        let known = self.tables.iter().find(|table| table.name == table_name);
        let ends = known.filter(|table| brought.is_none_or(|links| links.table().name != table.name));
        match (ends, brought) {
            (Some(table), _) => Ok(Marked::of(table, place(table, name)?)),
            (None, Some(links)) => match links.place_of(table_name, name) {
                Some(place) => Ok(Marked::of(links.table(), place)),
                None => Err(self.unknown(column, links.origins())),
            },
            (None, None) => Err(self.unknown(column, &[])),
        }
    }

    /// A column that isn't of the relationship. Given is what a query between its classes selects.
    #[cold]
    fn unknown(&self, column: &ColumnRef, selected: &[ColumnName]) -> Error {
        let (table, option) = (&column.table.name, self.option);
        if selected.iter().any(|origin| origin.table == &**table) {
            let message = format!(
                "`{option}` names `{table}.{}`, which the query of `secondary` doesn't select",
                column.name
            );
            return Error::new(Code::JoinCondition, message).help("select it, or its class");
        }
        let mut names: Vec<&str> = Vec::new();
        let between = self.links.filter(|_| !selected.is_empty()).map(|links| links.table().name);
        let tables = self.tables.iter().map(|table| table.name).filter(|name| Some(*name) != between);
        for name in tables.chain(selected.iter().map(|origin| origin.table)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("`{option}` names a column of `{table}`, which isn't part of the relationship");
        Error::new(Code::JoinCondition, message).help(format!("use columns of {}", names.join(" and ")))
    }
}

/// A column of the query that the relationship leads through, by its label or as the column that it is.
fn link(links: &RelationSource, column: &ColumnRef, query: &str) -> Result<Marked> {
    let (table, name) = (&*column.table.name, &*column.name);
    let columns = links.table().columns;
    let by_name = || columns.iter().position(|known| known.name == name);
    let found = match table == query {
        true => by_name().or_else(|| links.place_of(table, name)),
        false => links.place_of(table, name),
    };
    match found {
        Some(place) => Ok(Marked::of(links.table(), place)),
        None => {
            let error = Error::new(
                Code::UnknownName,
                format!("the query `{query}` of `secondary` has no column `{name}`"),
            );
            let names = columns.iter().map(|known| known.name);
            Err(match nearest(name, names.clone()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => {
                    let names: Vec<&str> = names.collect();
                    error.help(format!("select it there; it has `{}`", names.join("`, `")))
                }
            })
        }
    }
}

/// A comparison: its operator, the first operand, and the others.
type Comparison<'a> = (&'a Op, &'a Tree<Marked>, &'a [Tree<Marked>]);

/// What a node compares, if it is a comparison; a function of several arguments may be one.
pub(super) fn comparison(tree: &Tree<Marked>) -> Option<Comparison<'_>> {
    match tree {
        Tree::Node(
            op @ (Op::Compare(_) | Op::Like(_) | Op::Has(_) | Op::In | Op::Between | Op::Infix(_)),
            _,
            operands,
        ) => operands.split_first().map(|(first, others)| (op, first, others)),
        Tree::Node(op @ Op::Func(_), _, operands) if operands.len() > 1 => {
            operands.split_first().map(|(first, others)| (op, first, others))
        }
        _ => None,
    }
}
