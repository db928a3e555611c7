//! `Keys`: the keys by which something is asked for many objects at once, and whose they are.

use std::cell::OnceCell;
use std::cmp::Ordering;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use smallvec::{SmallVec, smallvec};

use crate::engine::EngineConnection;
use crate::state::key::Key;
use crate::value::{Value, ValueRef};

/// How many keys one statement asks for at most. More at once gain nothing.
const TOGETHER: usize = 500;

/// How many keys there are in a list that can't be bound as one: the next of these numbers, so that there are few texts.
const LENGTHS: [usize; 6] = [1, 4, 16, 64, 256, TOGETHER];

/// The keys of objects: each once, with the places of the objects that have it.
#[derive(Default)]
pub(super) struct Keys {
    list: Vec<(Key, SmallVec<[u32; 1]>)>,
    /// Where they stand; none as long as each is larger than those before, as rows mostly come.
    places: Option<HashMap<Key, usize, FxBuildHasher>>,
}

impl Keys {
    /// The object at a place has that key.
    pub(super) fn add(&mut self, key: Key, of: usize) {
        let of = u32::try_from(of).unwrap_or(u32::MAX);
        if self.places.is_none() {
            match (self.list.last_mut(), &key) {
                (None, _) => return self.list.push((key, smallvec![of])),
                (Some((Key::Int(last), all)), Key::Int(this)) if *last == *this => return all.push(of),
                (Some((Key::Int(last), _)), Key::Int(this)) if *last < *this => {
                    return self.list.push((key, smallvec![of]));
                }
                _ => {}
            }
        }
        let list = &self.list;
        let places = self.places.get_or_insert_with(|| {
            list.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect()
        });
        match places.get(&key).and_then(|place| self.list.get_mut(*place)) {
            Some((_, all)) => all.push(of),
            None => {
                places.insert(key.clone(), self.list.len());
                self.list.push((key, smallvec![of]));
            }
        }
    }

    /// The keys, each with the places of the objects that have it.
    pub(super) fn into_list(self) -> Vec<(Key, SmallVec<[u32; 1]>)> {
        self.list
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether one statement can't ask for all of them.
    pub(super) fn are_many(&self) -> bool {
        self.list.len() > TOGETHER
    }

    /// All of them in their order.
    pub(super) fn whole(mut self) -> Part {
        self.list.sort_by(|(a, _), (b, _)| compare(a, b));
        Part::of(self.list)
    }

    /// The keys in their order, in parts of as many as one statement asks for.
    pub(super) fn parts(self, width: usize, connection: &EngineConnection) -> Vec<Part> {
        self.whole().split(width, connection)
    }
}

/// Keys that one statement asks for, each with the places of the objects that have it.
pub(super) struct Part {
    pub(super) list: Vec<(Key, SmallVec<[u32; 1]>)>,
    /// Made when rows don't come in the order of the keys.
    places: OnceCell<HashMap<Key, usize, FxBuildHasher>>,
    /// Made when a row has a key that isn't among them.
    folded: OnceCell<Folded>,
}

/// Places by what the database may take for the same.
type Folded = HashMap<String, SmallVec<[usize; 1]>, FxBuildHasher>;

impl Part {
    fn of(list: Vec<(Key, SmallVec<[u32; 1]>)>) -> Self {
        Part { list, places: OnceCell::new(), folded: OnceCell::new() }
    }

    /// The same in parts of as many as one statement asks for.
    pub(super) fn split(self, width: usize, connection: &EngineConnection) -> Vec<Part> {
        let most = connection.engine().dialect().max_parameters() / width.max(1);
        let most = most.clamp(1, TOGETHER);
        if (1..=most).contains(&self.list.len()) {
            return vec![self];
        }
        let mut list = self.list.into_iter().peekable();
        let mut parts = Vec::new();
        while list.peek().is_some() {
            parts.push(Part::of(list.by_ref().take(most).collect()));
        }
        parts
    }

    /// The place of an integer, where a row before had that of another one: mostly it is the same, or the next one.
    #[inline]
    pub(super) fn place_after(&self, before: Option<usize>, key: i64) -> Option<usize> {
        let is_at =
            |place: usize| matches!(self.list.get(place), Some((Key::Int(known), _)) if *known == key);
        let next = before.map_or(0, |before| before + 1);
        match before.filter(|before| is_at(*before)) {
            Some(before) => Some(before),
            None if is_at(next) => Some(next),
            None => self.place(&Key::Int(key)),
        }
    }

    /// The place of a key.
    #[inline]
    pub(super) fn place(&self, key: &Key) -> Option<usize> {
        let places = self.places.get_or_init(|| {
            let mut places = HashMap::with_capacity_and_hasher(self.list.len(), FxBuildHasher);
            places.extend(self.list.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)));
            places
        });
        places.get(key).copied()
    }

    /// The places of the keys that a row's key is for the database: mostly it is one of them.
    pub(super) fn find(&self, key: &Key) -> SmallVec<[usize; 1]> {
        if let Some(place) = self.place(key) {
            return smallvec![place];
        }
        let folded = self.folded.get_or_init(|| {
            let mut folded = Folded::default();
            for (place, (key, _)) in self.list.iter().enumerate() {
                folded.entry(fold(key)).or_default().push(place);
            }
            folded
        });
        folded.get(&fold(key)).cloned().unwrap_or_default()
    }

    /// How the list of keys is written and bound.
    pub(super) fn written(&self, width: usize, connection: &EngineConnection) -> Written {
        if width == 1 {
            let values: Vec<ValueRef<'_>> = self.list.iter().map(|(key, _)| key.get(0)).collect();
            let bound = connection.engine().dialect().write_key_list(0, &values, &mut String::new());
            if let Some(bound) = bound {
                return Written::Bound(bound);
            }
        }
        let (keys, most) = (self.list.len(), connection.engine().dialect().max_parameters());
        let fits = |length: &usize| keys <= *length && length * width <= most;
        Written::Padded(LENGTHS.into_iter().find(fits).unwrap_or(keys))
    }
}

/// How a list of keys is written.
pub(super) enum Written {
    /// As one value.
    Bound(Value),
    /// One by one, so many, of which the last is repeated.
    Padded(usize),
    /// Not at all: those that there are.
    Nothing,
}

impl Written {
    /// How many keys are written; 0 for a list that is bound as one.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Written::Bound(_) => Some(0),
            Written::Padded(length) => Some(*length),
            Written::Nothing => None,
        }
    }

    /// The value of a parameter.
    pub(super) fn value<'v>(&'v self, part: &'v Part, width: usize, at: usize) -> Option<ValueRef<'v>> {
        match self {
            Written::Bound(list) => Some(list.as_ref()),
            Written::Padded(_) => {
                let key = part.list.get(at / width.max(1)).or(part.list.last());
                key.map(|(key, _)| key.get(at % width.max(1)))
            }
            Written::Nothing => None,
        }
    }
}

fn compare(a: &Key, b: &Key) -> Ordering {
    match (a, b) {
        (Key::Int(a), Key::Int(b)) => a.cmp(b),
        (Key::Int(_), Key::Values(_)) => Ordering::Less,
        (Key::Values(_), Key::Int(_)) => Ordering::Greater,
        (Key::Values(a), Key::Values(b)) => {
            let parts = a.iter().zip(b.iter()).map(|(a, b)| compare_values(a, b));
            parts.fold(Ordering::Equal, Ordering::then).then(a.len().cmp(&b.len()))
        }
    }
}

fn compare_values(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Real(a), Value::Real(b)) => a.total_cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Blob(a), Value::Blob(b)) => a.cmp(b),
        (a, b) => kind(a).cmp(&kind(b)),
    }
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) | Value::Int(_) => 1,
        Value::Real(_) => 2,
        Value::Text(_) => 3,
        _ => 4,
    }
}

/// What keys have in common that a database may take for the same, whatever the types and collations of its columns.
fn fold(key: &Key) -> String {
    let mut folded = String::new();
    for value in key.values() {
        match value {
            Value::Text(text) => folded.push_str(&text.trim_end().to_ascii_lowercase()),
            other => folded.push_str(&other.to_string()),
        }
        folded.push('\u{1f}');
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Key {
        Key::new(vec![Value::Text(text.to_owned())])
    }

    fn part(keys: &[Key]) -> Part {
        Part::of(keys.iter().zip(0..).map(|(key, of)| (key.clone(), smallvec![of])).collect())
    }

    #[test]
    fn a_key_has_its_objects_once() {
        let mut keys = Keys::default();
        for (key, of) in [(7, 0), (3, 1), (7, 2)] {
            keys.add(Key::Int(key), of);
        }
        let objects: Vec<(Key, Vec<u32>)> =
            keys.list.iter().map(|(key, of)| (key.clone(), of.to_vec())).collect();
        assert_eq!(objects, [(Key::Int(7), vec![0, 2]), (Key::Int(3), vec![1])]);
    }

    #[test]
    fn a_row_finds_its_key_also_where_only_the_database_takes_them_for_the_same() {
        let keys = part(&[text("Ed"), text("ED "), text("jack")]);
        let found = |keys: &Part, key: &str| keys.find(&text(key)).to_vec();
        assert_eq!(found(&keys, "jack"), [2]);
        assert_eq!(found(&keys, "jack"), [2]);
        assert_eq!(found(&keys, "Ed"), [0], "what is the same comes first");
        assert_eq!(found(&keys, "ed"), [0, 1]);
        assert_eq!(found(&keys, "mary"), [0_usize; 0]);
        let numbers = part(&[Key::Int(1)]);
        assert_eq!(found(&numbers, "1"), [0]);
    }

    #[test]
    fn keys_are_sorted() {
        let pair = |a: i64, b: &str| Key::new(vec![Value::Int(a), Value::Text(b.to_owned())]);
        let mut keys = vec![pair(2, "a"), text("b"), Key::Int(9), pair(1, "b"), pair(1, "a"), Key::Int(-1)];
        keys.sort_by(compare);
        assert_eq!(keys, [Key::Int(-1), Key::Int(9), pair(1, "a"), pair(1, "b"), pair(2, "a"), text("b")]);
    }
}
