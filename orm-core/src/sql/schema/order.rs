//! The order of tables by their foreign keys.

use super::{Schema, Table};

/// Tables in an order in which each stands after those that it references, cycles aside.
#[derive(Clone, Debug, PartialEq)]
pub struct Order<'s> {
    /// The tables. Those that have a choice keep the order of the schema.
    pub tables: Vec<&'s Table>,
    /// The foreign keys that reference a later table, each as the table's place in `tables` and its own among
    /// the table's keys. Without cycles there are none.
    pub forward: Vec<(usize, usize)>,
}

impl Schema {
    /// Sorts the tables by their foreign keys. References to oneself and to tables of no schema don't count.
    pub fn order(&self) -> Order<'_> {
        let places = self.sorted();
        let mut place_of = vec![0; places.len()];
        for (place, &table) in places.iter().enumerate() {
            if let Some(slot) = place_of.get_mut(table) {
                *slot = place;
            }
        }
        let tables: Vec<&Table> =
            places.iter().filter_map(|&i| self.tables.get_index(i).map(|(_, table)| table)).collect();
        let mut forward = Vec::new();
        for (place, table) in tables.iter().enumerate() {
            for (number, key) in table.foreign_keys.iter().enumerate() {
                let target = self.position(&key.table).and_then(|i| place_of.get(i));
                if target.is_some_and(|&target| target > place) {
                    forward.push((place, number));
                }
            }
        }
        Order { tables, forward }
    }

    /// Depth first, each table after what it references; without recursion, since a chain may be long.
    fn sorted(&self) -> Vec<usize> {
        let mut seen = vec![false; self.tables.len()];
        let mut sorted = Vec::with_capacity(seen.len());
        for start in 0..self.tables.len() {
            let mut path = Vec::new();
            self.enter(start, &mut seen, &mut path);
            while let Some((table, references)) = path.last_mut() {
                match references.pop() {
                    Some(next) => self.enter(next, &mut seen, &mut path),
                    None => {
                        sorted.push(*table);
                        path.pop();
                    }
                }
            }
        }
        sorted
    }

    /// Steps into a table that wasn't seen before, with what it references, the first last.
    fn enter(&self, table: usize, seen: &mut [bool], path: &mut Vec<(usize, Vec<usize>)>) {
        let (Some(seen), Some((_, found))) = (seen.get_mut(table), self.tables.get_index(table)) else {
            return;
        };
        if !std::mem::replace(seen, true) {
            let mut references: Vec<usize> =
                found.foreign_keys.iter().filter_map(|key| self.position(&key.table)).collect();
            references.sort_unstable();
            references.dedup();
            references.reverse();
            path.push((table, references));
        }
    }
}
