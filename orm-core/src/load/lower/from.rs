//! Where the rows of a query come from: what it names, what it selects, what it joins.

use super::super::scope::Place;
use super::base::Lower;
use super::related::Sources;
use crate::declare::AliasId;
use crate::error::{Code, Error, Result};
use crate::mapper::Mapper;
use crate::query::leaf::RelationRef;
use crate::query::named::Subquery;
use crate::query::parts::{ClassRows, Item, Join, JoinTo, QueryParts, Source};
use crate::query::{Leaf, Test};
use crate::sql::{FromItem, TableRef, Tree};

/// A `FROM` that is being built.
#[derive(Default)]
struct From {
    items: Vec<FromItem>,
    /// Of each item: whether the query names it as a source.
    named: Vec<bool>,
}

impl Lower {
    /// The `FROM` of a query: what it names, then what it selects and neither joins nor finds around it, each with what is
    /// joined to it.
    pub(super) fn from(&mut self, query: &QueryParts) -> Result<Vec<FromItem>> {
        let mut from = From::default();
        for source in &query.from {
            self.add_source(&mut from, source, true)?;
        }
        for source in self.selected(query) {
            self.add_source(&mut from, &source, false)?;
        }
        for join in &query.joins {
            self.join(&mut from, join)?;
        }
        if from.items.len() > 1 {
            self.check_connected(query, &from)?;
        }
        Ok(from.items)
    }

    /// What a query selects from sources that it doesn't name otherwise.
    fn selected(&self, query: &QueryParts) -> Vec<Source> {
        let mut found: Vec<Source> = Vec::new();
        let mut add = |source: Source| {
            let others = query.from.iter().chain(&query.correlated).chain(&found);
            if !others.into_iter().any(|other| other.is(&source)) && !is_joined(query, &source) {
                found.push(source);
            }
        };
        for item in &query.items {
            match item {
                Item::Entity(source, _) => add(source.clone()),
                // An alias of a query isn't the table of its class: the query names it, or is told that it lacks it.
                Item::Value { tree, .. } => each_source(tree, &mut |source| {
                    if !source.table().is_some_and(|(_, alias)| alias.is_of_query()) {
                        add(source);
                    }
                }),
            }
        }
        if !self.scopes.is_nested() {
            return found;
        }
        // A source of the query around is meant, as long as another one is left.
        let is_around = |source: &Source| match source.table() {
            Some((table, alias)) => self.scopes.is_around(table, alias),
            None => false,
        };
        let has_own = !query.from.is_empty() || !query.joins.is_empty() || !found.iter().all(is_around);
        if has_own {
            found.retain(|source| !is_around(source));
        }
        found
    }

    fn add_source(&mut self, from: &mut From, source: &Source, named: bool) -> Result<()> {
        let group = from.items.len();
        if let Some(item) = self.source(source, group)? {
            from.items.push(item);
            from.named.push(named);
        }
        Ok(())
    }

    /// Puts a source into the scope and gives its part of `FROM`; none where that is there already.
    fn source(&mut self, source: &Source, group: usize) -> Result<Option<FromItem>> {
        match source {
            Source::Class(class, alias) => {
                let mapper = class.mapper()?;
                let name = self.scopes.name(mapper.table().name);
                self.scopes.add(Place::class(mapper, *alias, name.clone()).in_group(group));
                let criteria = self.class_criteria(mapper, *alias, &name)?;
                self.brought.extend(criteria);
                Ok(Some(name.into()))
            }
            Source::Table(table, alias) => {
                let name = self.scopes.name(*table);
                self.scopes.add(Place::table(table, *alias, name.clone()).in_group(group));
                let criteria = self.table_criteria(table, *alias, &name)?;
                self.brought.extend(criteria);
                Ok(Some(name.into()))
            }
            Source::Query(query) => self.query_source(query, group),
            Source::Entity(class, alias, rows) => {
                let item = self.query_source(&rows.query, group)?;
                let mapper = class.mapper()?;
                let place = self.scopes.own_query(rows.query.named().id);
                let place = place.map(|place| place.entity(mapper, *alias, rows.of));
                place.into_iter().for_each(|place| self.scopes.add(place));
                Ok(item)
            }
        }
    }

    fn query_source(&mut self, query: &Subquery, group: usize) -> Result<Option<FromItem>> {
        if self.scopes.own_query(query.named().id).is_some() {
            return Ok(None);
        }
        let (item, place) = self.named(query)?;
        self.scopes.add(place.in_group(group));
        Ok(Some(item))
    }

    fn join(&mut self, from: &mut From, join: &Join) -> Result<()> {
        match &join.to {
            JoinTo::Relation { relation, from: near, to, rows } => {
                self.join_relation(from, join, *relation, (*near, *to), rows.as_ref())
            }
            JoinTo::Source(source) => self.join_source(from, join, source),
        }
    }

    fn join_relation(
        &mut self,
        from: &mut From,
        join: &Join,
        relation: RelationRef,
        (near, to): (AliasId, AliasId),
        rows: Option<&ClassRows>,
    ) -> Result<()> {
        let class = relation.class();
        let relation = relation.resolve()?;
        let target = relation.target();
        let table = relation.mapper().table().name;
        if self.scopes.own(table, near).is_none() && from.items.is_empty() {
            self.add_source(from, &Source::Class(class, near), false)?;
        }
        let Some(place) = self.scopes.own(table, near).cloned() else {
            let error = self.scopes.missing(table, near);
            return Err(Error::new(Code::Query, error.message().to_owned())
                .about(relation.class(), Some(relation.name()))
                .help("join along a relationship of a class that is selected or joined before"));
        };
        if self.scopes.own(target.table().name, to).is_some() {
            let message = format!("`{}` is part of the query already", target.class());
            return Err(Error::new(Code::Query, message).about(relation.class(), Some(relation.name())).help(
                format!(
                    "join it under another name: `let other = aliased({}); ... .join({}::{}.to(other))`, or ask by `any` or `has`",
                    target.class(),
                    relation.class(),
                    relation.name()
                ),
            ));
        }
        let group = place.group();
        let (sources, far) = match rows {
            None => {
                let sources = self.sources(relation, to, group);
                let far = relation.rows().item(sources.far.name())?;
                (sources, far)
            }
            Some(rows) => {
                let item = self.source(&Source::Entity(mapper_ref(target), to, rows.clone()), group)?;
                let far = self.scopes.own(target.table().name, to).cloned();
                let (Some(item), Some(far)) = (item, far) else {
                    let message =
                        format!("the query `{}` is part of the query already", rows.query.named().name);
                    return Err(
                        Error::new(Code::Query, message).help("join it under another name: `aliased`")
                    );
                };
                (Sources { far, association: self.association(relation, group) }, item)
            }
        };
        let on = join.on.as_ref().map(|on| self.tree(on)).transpose()?;
        let parent = super::related::of(&place);
        let criteria = match rows {
            None => self.class_criteria(target, to, sources.far.name())?,
            Some(_) => None,
        };
        let on = match (on, criteria) {
            (Some(on), Some(criteria)) => Some(on.and(criteria)),
            (on, criteria) => on.or(criteria),
        };
        let (to, on) = sources.joined(relation, far, &parent, on)?;
        let Some(item) = from.items.get_mut(group) else { return Ok(()) };
        let left = std::mem::replace(item, FromItem::from(TableRef::new(table)));
        *item = left.joined(join.kind, to, on);
        Ok(())
    }

    fn join_source(&mut self, from: &mut From, join: &Join, source: &Source) -> Result<()> {
        if let Some((table, alias)) = source.table()
            && self.scopes.own(table, alias).is_some()
        {
            let class = source.class_ref().map(crate::query::ClassRef::name);
            let what =
                class.or_else(|| self.scopes.class_of_table(table).map(Mapper::class)).unwrap_or(table);
            return Err(Error::new(Code::Query, format!("`{what}` is part of the query already"))
                .help(format!("join it under another name: `let other = aliased({what})`")));
        }
        let by_key = match &join.on {
            Some(_) => None,
            None => Some(self.foreign_key(source)?),
        };
        let group = match (&join.on, &by_key) {
            (Some(on), _) => self.last_group(on),
            (None, Some((near, ..))) => Some(near.group()),
            (None, None) => None,
        };
        let group = group.unwrap_or(from.items.len().saturating_sub(1));
        if from.items.is_empty() {
            return Err(Error::new(Code::Query, "a query joins something to nothing")
                .help("select a class, or name one by `.from(...)`"));
        }
        let before = self.brought.len();
        let Some(right) = self.source(source, group)? else {
            return Err(Error::new(Code::Query, format!("{source:?} is part of the query already"))
                .help("join it under another name: `aliased`"));
        };
        let on = match (&join.on, by_key) {
            (Some(on), _) => self.tree(on)?,
            (None, Some((near, pairs))) => {
                let far = right.name().clone();
                let pairs = pairs
                    .into_iter()
                    .map(|(local, remote)| Ok(near.column(local)?.equals(Tree::Column(far.column(remote)))));
                Tree::all(pairs.collect::<Result<Vec<_>>>()?)
            }
            (None, None) => Tree::all([]),
        };
        // What the class brings is a part of the join, so that an outer one keeps its rows.
        let on = self.brought.drain(before..).fold(on, Tree::and);
        if let Some(item) = from.items.get_mut(group) {
            let left = std::mem::replace(item, right.clone());
            *item = left.joined(join.kind, right, on);
        }
        Ok(())
    }

    /// The last item of `FROM` that a condition speaks of.
    fn last_group(&self, on: &Tree<Leaf>) -> Option<usize> {
        let mut last = None;
        each_source(on, &mut |source| last = last.max(self.group_of(&source)));
        last
    }

    /// The item of `FROM` that a source belongs to.
    fn group_of(&self, source: &Source) -> Option<usize> {
        match source {
            Source::Query(query) => self.scopes.own_query(query.named().id).map(Place::group),
            _ => source.table().and_then(|(table, alias)| self.scopes.own(table, alias)).map(Place::group),
        }
    }

    /// The only foreign key between a table and what is there already: the source, and the columns of both.
    fn foreign_key(&self, source: &Source) -> Result<(Place, Vec<(&'static str, &'static str)>)> {
        let mapper = match source {
            Source::Class(class, _) | Source::Entity(class, ..) => class.mapper()?,
            Source::Table(..) | Source::Query(_) => {
                return Err(Error::new(Code::Query, "a query is joined without a condition")
                    .help("give one by `.on(...)`"));
            }
        };
        let far = mapper.table();
        let mut found = Vec::new();
        for place in self.scopes.own_places() {
            let Some(near) = place.declared(mapper.mapping()) else { continue };
            for key in near.foreign_keys.iter().filter(|key| key.table == far.name) {
                found.push((place.clone(), pairs(key.columns, key.references)));
            }
            if near.name != far.name {
                for key in far.foreign_keys.iter().filter(|key| key.table == near.name) {
                    found.push((place.clone(), pairs(key.references, key.columns)));
                }
            }
        }
        match (found.len(), found.pop()) {
            (1, Some(only)) => Ok(only),
            (0, _) => Err(Error::new(
                Code::Query,
                format!("no foreign key joins `{}` with the query", mapper.class()),
            )
            .help("give a condition by `.on(...)`")),
            _ => Err(Error::new(
                Code::Query,
                format!("several foreign keys join `{}` with the query", mapper.class()),
            )
            .help("give a condition by `.on(...)`, or join along a relationship")),
        }
    }

    /// That no source stands beside the others without a condition between them, unless the query names it.
    fn check_connected(&self, query: &QueryParts, from: &From) -> Result<()> {
        let mut part: Vec<usize> = (0..from.items.len()).collect();
        let conditions = query.filters.iter().chain(&query.having).flat_map(Tree::conjuncts);
        for condition in conditions {
            let mut groups: Vec<usize> = Vec::new();
            each_source(condition, &mut |source| groups.extend(self.group_of(&source)));
            let mut joined: Vec<usize> =
                groups.iter().filter_map(|group| part.get(*group).copied()).collect();
            joined.sort_unstable();
            if let Some(first) = joined.first().copied() {
                part.iter_mut().filter(|part| joined.contains(part)).for_each(|part| *part = first);
            }
        }
        for (group, own) in part.iter().enumerate() {
            let is_alone = part.iter().any(|other| other != own);
            let is_named = part.iter().zip(&from.named).any(|(part, named)| part == own && *named);
            if is_alone && !is_named {
                return Err(self.unconnected(from, group));
            }
        }
        Ok(())
    }

    #[cold]
    fn unconnected(&self, from: &From, group: usize) -> Error {
        let name = |item: &FromItem| {
            let table = item.name();
            self.scopes
                .class_of_table(&table.name)
                .map_or_else(|| table.name.to_string(), |mapper| mapper.class().to_owned())
        };
        let other = from.items.iter().enumerate().find(|(at, _)| *at != group);
        let (one, other) = (from.items.get(group).map(name), other.map(|(_, item)| name(item)));
        let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
        let joins: Vec<String> =
            from.items.iter().flat_map(|item| self.scopes.joins_to(&item.name().name)).collect();
        let join = match joins.first() {
            Some(join) => format!("add {join}, or a condition"),
            None => "add a condition".to_owned(),
        };
        Error::new(
            Code::Query,
            format!("nothing joins `{one}` and `{other}`: each row of one comes with each of the other"),
        )
        .help(format!("{join}; or name both, `.from(({other}, {one}))`, if that is meant"))
    }
}

fn pairs(one: &'static [&'static str], other: &'static [&'static str]) -> Vec<(&'static str, &'static str)> {
    one.iter().copied().zip(other.iter().copied()).collect()
}

fn mapper_ref(mapper: &'static crate::mapper::Mapper) -> crate::query::leaf::ClassRef {
    crate::query::leaf::ClassRef::Mapper(mapper)
}

/// Whether a query joins a source, to another one.
fn is_joined(query: &QueryParts, source: &Source) -> bool {
    query.joins.iter().any(|join| match &join.to {
        JoinTo::Source(to) => to.is(source),
        JoinTo::Relation { relation, from, to, rows } => {
            let Ok(relation) = relation.resolve() else { return false };
            if let (Some(rows), Source::Query(_) | Source::Entity(..)) = (rows, source) {
                return Source::Query(rows.query.clone()).is(source);
            }
            let near = (relation.mapper().table().name, *from);
            let far = (relation.target().table().name, *to);
            near != far && source.table() == Some(far)
        }
    })
}

/// The sources that an expression speaks of. Queries in it have their own.
pub(super) fn each_source(tree: &Tree<Leaf>, add: &mut dyn FnMut(Source)) {
    tree.walk(&mut |tree| {
        let Tree::Late(leaf) = tree else { return };
        match leaf {
            Leaf::Column(column, alias) => add(Source::Table(column.table, *alias)),
            Leaf::OfAlias(_, table, alias) => add(Source::Table(table, *alias)),
            Leaf::Output(query, _) => add(Source::Query(query.clone())),
            Leaf::Related { relation, to, test: Test::ParentIs(_) | Test::LinkedTo(_), .. } => {
                if let Ok(relation) = relation.resolve() {
                    add(Source::Class(mapper_ref(relation.target()), *to));
                }
            }
            Leaf::Related { relation, from, .. } => add(Source::Class(relation.class(), *from)),
            Leaf::Key(..) | Leaf::Query(..) | Leaf::Wrong(_) => {}
        }
    });
}
