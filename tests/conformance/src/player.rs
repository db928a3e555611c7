//! `Player`: one zoo, one database, one session; does ops by names, as the oracle's `Player` does.

use indexmap::IndexMap;
use orm::select;
use orm::{
    AnyClass, AnyObj, Code, Collection, Error, Lazy, Mapper, Mapping, ObjectState, Result, Savepoint,
    Session, SessionConfig,
};
use serde_json::{Value, json};

use crate::database::{Database, json as to_json};
use crate::see::{self, Labels, name_of};
use crate::zoo::Zoo;

/// What a step did, and what can be seen after it.
#[derive(Debug)]
pub struct Done {
    /// The error's code.
    pub error: Option<Code>,
    /// The error's message.
    pub message: Option<String>,
    /// What it returned.
    pub value: Value,
    /// How many SELECT statements it took.
    pub selects: u64,
    /// How many rows it changed.
    pub writes: u64,
    /// Every object with a label.
    pub objects: IndexMap<String, Value>,
    /// Every table.
    pub tables: IndexMap<String, Value>,
}

/// An op that can't be played, with the reason.
#[derive(Debug)]
pub struct LeftOut(pub String);

/// Plays ops.
pub struct Player {
    // Objects and savepoints go before the session, and the session before the database.
    labels: Labels,
    savepoints: Vec<Savepoint>,
    /// Savepoints that the oracle has dropped: there that means nothing, here it would roll them back.
    dropped: Vec<Savepoint>,
    session: Session,
    mapping: &'static Mapping,
    database: Database,
}

impl Player {
    /// A player with an empty database.
    ///
    /// # Errors
    /// Where the zoo can't be configured or its tables can't be made.
    pub fn new(zoo: &Zoo, echo: bool) -> Result<Self> {
        Player::with_config(zoo, echo, SessionConfig::default().like_sqlalchemy(true))
    }

    /// The same, with a session that does as it is used to, and whose objects keep what they hold when it commits.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn usual(zoo: &Zoo) -> Result<Self> {
        Player::with_config(zoo, false, SessionConfig::default().expire_on_commit(false))
    }

    fn with_config(zoo: &Zoo, echo: bool, config: SessionConfig) -> Result<Self> {
        let mapping = (zoo.mapping)()?;
        let database = Database::new(echo, zoo.checks_foreign_keys())?;
        (zoo.create_all)(&database.engine)?;
        let session = Session::with_config(&database.engine, config);
        Ok(Player {
            labels: Labels::new(),
            savepoints: Vec::new(),
            dropped: Vec::new(),
            session,
            mapping,
            database,
        })
    }

    /// Where persistent objects and rows disagree: a row with two objects, a column that holds something else than its row.
    ///
    /// # Errors
    /// What the database says.
    pub fn disagreements(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut seen: IndexMap<String, &AnyObj> = IndexMap::new();
        let reader = Session::new(&self.database.engine);
        for (label, object) in &self.labels {
            let Some(key) = object.key().filter(|_| object.state() == ObjectState::Persistent) else {
                continue;
            };
            let (mapper, row) = (object.mapper(), format!("{} {key:?}", object.mapper().class()));
            if seen.insert(row.clone(), object).is_some_and(|other| other != object) {
                found.push(format!("{row} has two objects, `{label}` and another"));
            }
            // A row that somebody else took back or deleted says so when it is read.
            let Some(stored) = reader.get_any(mapper, &key)? else { continue };
            for column in mapper.columns() {
                let (name, held) = (column.attribute(), object.peek(column.attribute())?);
                let stored = stored.get(name)?;
                if held.as_ref().is_some_and(|held| *held != stored) {
                    found.push(format!("{label}.{name} is {held:?}, and {stored:?} in {row}"));
                }
            }
        }
        Ok(found)
    }

    /// Does an op.
    ///
    /// # Errors
    /// Where the op can't be played in Rust.
    pub fn play(&mut self, op: &[Value]) -> std::result::Result<Done, LeftOut> {
        let (selects, writes) = (self.database.selects(), self.database.writes());
        let done = self.dispatch(&Op(op))?;
        let selects = self.database.selects() - selects;
        let writes = self.database.writes().saturating_sub(writes);
        let seen = see::objects(&self.labels)
            .and_then(|objects| Ok((objects, see::tables(&self.database, self.mapping)?)));
        // What can't be seen differs from whatever was expected.
        let (done, (objects, tables)) = match seen {
            Ok(seen) => (done, seen),
            Err(error) => (Err(error), Default::default()),
        };
        let (value, error) = match done {
            Ok(value) => (value, None),
            Err(error) => (Value::Null, Some(error)),
        };
        let message = error.as_ref().map(ToString::to_string);
        Ok(Done { error: error.map(|error| error.code()), message, value, selects, writes, objects, tables })
    }

    fn dispatch(&mut self, op: &Op<'_>) -> std::result::Result<Result<Value>, LeftOut> {
        Ok(match op.text(0) {
            "new" => self.new_object(op),
            "set" => {
                self.object(op.text(1)).and_then(|one| one.set(op.text(2), &value(op.at(3)))).map(nothing)
            }
            "get_column" => self
                .object(op.text(1))
                .and_then(|one| one.get(op.text(2)))
                .map(|value| to_json(value.as_ref())),
            "assign" => self.assign(op).map(nothing),
            "append" | "remove" | "insert" | "pop" | "replace" => self.change(op).map(nothing),
            "read" => self.read(op.text(1), op.text(2)),
            "add" | "delete" | "refresh" | "expunge" | "expire" => self.one(op).map(nothing),
            "expire_all" | "expunge_all" | "flush" | "commit" | "rollback" | "savepoint" | "release"
            | "rollback_to" => self.all_of_session(op.text(0)).map(nothing),
            "merge" => self.merge(op.text(1), op.text(2)),
            "get" => self.get(op),
            "all" => {
                let mut loaders = Vec::new();
                for (name, said) in op.at(3).as_object().into_iter().flatten() {
                    loaders.push((
                        name.as_str(),
                        strategy(said)
                            .ok_or_else(|| LeftOut(format!("`all` with the loader {said}: there is none")))?,
                    ));
                }
                self.all(op.text(1), op.text(2), &loaders)
            }
            "with_parent" => self.with_parent(op.text(1), op.text(2)),
            "any" => self.any(op.text(1), op.text(2), op.at(3) == &Value::Bool(true)),
            other => return Err(LeftOut(format!("`{other}`: no such op"))),
        })
    }

    fn object(&self, label: &str) -> Result<&AnyObj> {
        self.labels
            .get(label)
            .ok_or_else(|| Error::new(Code::UnknownName, format!("no object has the label `{label}`")))
    }

    fn collection(&self, op: &Op<'_>) -> Result<Collection<AnyClass>> {
        self.object(op.text(1))?.collection(op.text(2))
    }

    fn new_object(&mut self, op: &Op<'_>) -> Result<Value> {
        let object = AnyObj::create(self.mapping.by_name(op.text(2))?)?;
        for (name, cell) in op.at(3).as_object().into_iter().flatten() {
            object.set(name, &value(cell))?;
        }
        self.labels.insert(op.text(1).to_owned(), object);
        Ok(Value::Null)
    }

    fn assign(&self, op: &Op<'_>) -> Result<()> {
        let other = op.at(3).as_str().map(|label| self.object(label)).transpose()?;
        self.object(op.text(1))?.relate(op.text(2), other)
    }

    fn change(&self, op: &Op<'_>) -> Result<()> {
        let collection = self.collection(op)?;
        match op.text(0) {
            "append" => collection.append(self.object(op.text(3))?).map(|_| ()),
            "remove" => collection.remove(self.object(op.text(3))?),
            "insert" => collection.insert(op.index(3), self.object(op.text(4))?).map(|_| ()),
            "pop" if op.at(3).as_i64() == Some(-1) => collection.pop().map(|_| ()),
            "pop" => collection.pop_at(op.index(3)).map(|_| ()),
            _ => {
                let labels = op.at(3).as_array().into_iter().flatten().filter_map(Value::as_str);
                let items: Vec<&AnyObj> = labels.map(|label| self.object(label)).collect::<Result<_>>()?;
                collection.replace(items)
            }
        }
    }

    fn read(&self, label: &str, name: &str) -> Result<Value> {
        let object = self.object(label)?;
        let related = object.related(name)?;
        Ok(json!({ "is": see::related(&self.labels, object.mapper(), name, &related) }))
    }

    fn one(&mut self, op: &Op<'_>) -> Result<()> {
        let object = self.object(op.text(1))?;
        match op.text(0) {
            "add" => self.session.add(object).map(|_| ()),
            "delete" => self.session.delete(object),
            "refresh" => self.session.refresh(object),
            "expunge" => self.session.expunge(object),
            _ => match op.at(2).as_array() {
                None => self.session.expire(object),
                Some(names) => {
                    let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
                    self.session.expire_attributes(object, &names)
                }
            },
        }
    }

    fn all_of_session(&mut self, what: &str) -> Result<()> {
        let no_savepoint = || Error::new(Code::IndexOutOfRange, "no savepoint is open");
        match what {
            "expire_all" => self.session.expire_all(),
            "expunge_all" => {
                self.session.expunge_all();
                Ok(())
            }
            "flush" => self.session.flush(),
            "commit" => {
                self.dropped.append(&mut self.savepoints);
                self.session.commit()
            }
            "rollback" => {
                self.dropped.append(&mut self.savepoints);
                self.session.rollback()
            }
            "savepoint" => self.session.begin_nested().map(|savepoint| self.savepoints.push(savepoint)),
            "release" => self.savepoints.pop().ok_or_else(no_savepoint)?.commit(),
            _ => self.savepoints.pop().ok_or_else(no_savepoint)?.rollback(),
        }
    }

    fn merge(&mut self, new_label: &str, label: &str) -> Result<Value> {
        let merged = self.session.merge(self.object(label)?)?;
        self.labels.insert(new_label.to_owned(), merged.clone());
        Ok(json!({ "is": name_of(&self.labels, Some(&merged)) }))
    }

    /// The label of an object; one that has none gets `new`.
    fn label(&mut self, object: AnyObj, new: impl FnOnce() -> String) -> String {
        if let Some((label, _)) = self.labels.iter().find(|(_, known)| **known == object) {
            return label.clone();
        }
        let label = new();
        self.labels.insert(label.clone(), object);
        label
    }

    fn get(&mut self, op: &Op<'_>) -> Result<Value> {
        let mapper = self.mapping.by_name(op.text(2))?;
        let key: Vec<orm::Value> = op.at(3).as_array().into_iter().flatten().map(value).collect();
        match self.session.get_any(mapper, &key)? {
            None => Ok(json!({ "is": null })),
            Some(found) => Ok(json!({ "is": self.label(found, || op.text(1).to_owned()) })),
        }
    }

    fn all(&mut self, prefix: &str, class: &str, loaders: &[(&str, Lazy)]) -> Result<Value> {
        let mapper = self.mapping.by_name(class)?;
        let mut query = by_key(mapper)?;
        for (name, strategy) in loaders {
            query = query.options(mapper.relationship(name)?.load(*strategy));
        }
        let found = self.session.scalars(query)?.all()?;
        let names: Vec<String> = found
            .into_iter()
            .enumerate()
            .map(|(at, object)| self.label(object, || format!("{prefix}{at}")))
            .collect();
        Ok(json!({ "is": names }))
    }

    fn with_parent(&mut self, label: &str, name: &str) -> Result<Value> {
        let parent = self.object(label)?;
        let relation =
            parent.mapper().relation_named(name).ok_or_else(|| parent.mapper().unknown_attribute(name))?;
        let target = relation.target();
        let found = self
            .session
            .scalars(by_key(target)?.filter(parent.mapper().relationship(name)?.of_parent(parent)))?
            .all()?;
        Ok(self.names(&found))
    }

    fn any(&mut self, class: &str, name: &str, negate: bool) -> Result<Value> {
        let mapper = self.mapping.by_name(class)?;
        let relationship = mapper.relationship(name)?;
        let exists = if relationship.is_many() { relationship.any(()) } else { relationship.has(()) };
        let found = self
            .session
            .scalars(by_key(mapper)?.filter(if negate { exists.not() } else { exists }))?
            .all()?;
        Ok(self.names(&found))
    }

    fn names(&self, found: &[AnyObj]) -> Value {
        json!({ "is": found.iter().map(|one| name_of(&self.labels, Some(one))).collect::<Vec<_>>() })
    }
}

/// A query for all objects of a class by primary key.
fn by_key(mapper: &'static Mapper) -> Result<orm::Select<orm::AnyObj>> {
    mapper.primary_key().iter().try_fold(select(mapper.entity()), |select, at| {
        Ok(select.order_by(mapper.attr(mapper.column(*at).attribute())?.asc()))
    })
}

fn nothing((): ()) -> Value {
    Value::Null
}

/// A value from JSON.
pub fn value(cell: &Value) -> orm::Value {
    match cell {
        Value::Null => orm::Value::Null,
        Value::Bool(v) => orm::Value::Bool(*v),
        Value::Number(v) => {
            v.as_i64().map_or_else(|| orm::Value::Real(v.as_f64().unwrap_or(f64::NAN)), orm::Value::Int)
        }
        other => orm::Value::Text(other.as_str().map_or_else(|| other.to_string(), str::to_owned)),
    }
}

/// An op with its arguments; what isn't there reads as empty.
struct Op<'a>(&'a [Value]);

impl Op<'_> {
    fn at(&self, index: usize) -> &Value {
        self.0.get(index).unwrap_or(&Value::Null)
    }

    fn text(&self, index: usize) -> &str {
        self.at(index).as_str().unwrap_or_default()
    }

    fn index(&self, index: usize) -> usize {
        self.at(index).as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or_default()
    }
}

/// The strategy that a scenario calls by this name.
fn strategy(said: &Value) -> Option<Lazy> {
    match said.as_str()? {
        "joined" => Some(Lazy::Joined),
        "selectin" => Some(Lazy::SelectIn),
        "subquery" => Some(Lazy::Subquery),
        "lazy" => Some(Lazy::Select),
        _ => None,
    }
}
