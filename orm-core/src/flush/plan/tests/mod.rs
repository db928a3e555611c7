//! The planner on values: classes, relationships and objects go in, and the steps come out.

mod circles;
mod conflicts;
mod graph;
mod straight;

use std::fmt::Write;

use expect_test::Expect;

use super::{
    ClassItems, ClassPlace, ClassShape, ItemId, Items, Links, Order, Plan, RelationPlace, RelationShape,
    Shape, Stuck, Target, Task, Verb,
};
use crate::mapper::Direction;

const MODULE: &str = "shop";

/// A flush as a test writes it down.
#[derive(Default)]
struct Flush {
    shape: Shape,
    items: Items,
    /// Objects that are only listed.
    listed: Vec<(ClassPlace, ItemId)>,
    /// What the relationships of objects lead to; those that aren't here aren't loaded.
    links: Vec<(RelationPlace, ItemId, Vec<ItemId>)>,
}

fn ids(numbers: &[usize]) -> Vec<ItemId> {
    numbers.iter().map(|number| ItemId::at(*number)).collect()
}

impl Flush {
    fn class(&mut self, name: &'static str) -> ClassPlace {
        let known = self.shape.classes.iter().position(|class| class.class == name);
        ClassPlace::at(known.unwrap_or_else(|| {
            self.shape.classes.push(ClassShape { module: MODULE, class: name, has_items: false });
            self.items.0.push(ClassItems::default());
            self.shape.classes.len() - 1
        }))
    }

    fn with_items(mut self, class: &'static str) -> (Self, ClassPlace) {
        let class = self.class(class);
        self.shape.classes[class.index()].has_items = true;
        (self, class)
    }

    fn saves(self, class: &'static str, numbers: &[usize]) -> Self {
        let (mut flush, class) = self.with_items(class);
        flush.items.0[class.index()].saved.extend(ids(numbers));
        flush
    }

    fn deletes(self, class: &'static str, numbers: &[usize]) -> Self {
        let (mut flush, class) = self.with_items(class);
        flush.items.0[class.index()].deleted.extend(ids(numbers));
        flush
    }

    fn lists(self, class: &'static str, numbers: &[usize]) -> Self {
        let (mut flush, class) = self.with_items(class);
        flush.listed.extend(ids(numbers).into_iter().map(|item| (class, item)));
        flush
    }

    fn relation(
        mut self,
        direction: Direction,
        name: &'static str,
        parent: &'static str,
        child: &'static str,
    ) -> Self {
        let (parent, child) = (self.class(parent), self.class(child));
        self.shape.relations.push(Some(RelationShape { name, direction, parent, child, post_update: false }));
        self
    }

    /// `parent.name` leads to many of `child`, which has the foreign key.
    fn one_to_many(self, parent: &'static str, name: &'static str, child: &'static str) -> Self {
        self.relation(Direction::OneToMany, name, parent, child)
    }

    /// `parent.name` leads to one of `child`; `parent` has the foreign key.
    fn many_to_one(self, parent: &'static str, name: &'static str, child: &'static str) -> Self {
        self.relation(Direction::ManyToOne, name, parent, child)
    }

    fn many_to_many(self, parent: &'static str, name: &'static str, child: &'static str) -> Self {
        self.relation(Direction::ManyToMany, name, parent, child)
    }

    /// The relationship that came last has `post_update`.
    fn post_update(mut self) -> Self {
        if let Some(Some(relation)) = self.shape.relations.last_mut() {
            relation.post_update = true;
        }
        self
    }

    /// A relationship that has nothing to write.
    fn inactive(mut self) -> Self {
        self.shape.relations.push(None);
        self
    }

    /// The relationship of that name is loaded, and leads from an object to others.
    fn link(mut self, name: &str, from: usize, to: &[usize]) -> Self {
        let mut names = self.shape.relations.iter();
        let at = names.position(|relation| relation.as_ref().is_some_and(|relation| relation.name == name));
        self.links.push((RelationPlace::at(at.unwrap()), ItemId::at(from), ids(to)));
        self
    }

    /// What is done with an object, and of which class it is.
    fn target(&self, item: ItemId) -> Target {
        for (at, items) in self.items.0.iter().enumerate() {
            for (verb, list) in [(Verb::Save, &items.saved), (Verb::Delete, &items.deleted)] {
                if list.contains(&item) {
                    return Target { class: ClassPlace::at(at), item, verb };
                }
            }
        }
        let (class, _) = self.listed.iter().find(|(_, listed)| *listed == item).unwrap();
        Target { class: *class, item, verb: Verb::Save }
    }

    fn order(&self) -> Order {
        Order::find(self.shape.clone())
    }

    /// The answers to what the order asks for.
    fn links(&self, order: &Order) -> Links {
        let mut links = Links::default();
        for wanted in order.circles(&self.items) {
            let mut known = self.links.iter();
            let found =
                known.find(|(relation, item, _)| (*relation, *item) == (wanted.relation, wanted.item));
            if let Some((_, _, targets)) = found {
                links.push(wanted, targets.iter().map(|item| self.target(*item)));
            }
        }
        links
    }

    fn class_name(&self, class: ClassPlace) -> &str {
        self.shape.classes[class.index()].class
    }

    fn relation_name(&self, relation: RelationPlace) -> String {
        let relation = self.shape.relation(relation).unwrap();
        format!("{}.{}", self.class_name(relation.parent), relation.name)
    }

    fn show(&self, plan: &Plan<'_>) -> String {
        let word = |verb| if verb == Verb::Save { "save" } else { "delete" };
        let mut out = String::new();
        for step in &plan.steps {
            match step.task {
                Task::Write { verb, class } => {
                    write!(out, "{} {}", word(verb), self.class_name(class)).unwrap();
                }
                Task::Post { verb, class } => {
                    let when = if verb == Verb::Save { "post" } else { "pre" };
                    write!(out, "{when}-update {}", self.class_name(class)).unwrap();
                }
                Task::Process { relation, verb, .. } => {
                    write!(out, "process {} of {}d", self.relation_name(relation), word(verb)).unwrap();
                }
            }
            for item in &*step.items {
                write!(out, " {}", item.index()).unwrap();
            }
            out.push('\n');
        }
        match plan.stuck {
            None => {}
            Some(Stuck::Item(item)) => writeln!(out, "stuck: {}", item.index()).unwrap(),
            Some(Stuck::Class(class)) => writeln!(out, "stuck: {}", self.class_name(class)).unwrap(),
            Some(Stuck::Relation(relation)) => {
                writeln!(out, "stuck: {}", self.relation_name(relation)).unwrap();
            }
        }
        out
    }
}

/// Plans, and compares the steps.
fn check_plan(flush: &Flush, expected: Expect) {
    let order = flush.order();
    let links = flush.links(&order);
    expected.assert_eq(&flush.show(&order.finish(&flush.items, &links)));
}

/// Compares what the planner asks for before it can order single objects.
fn check_circles(flush: &Flush, expected: Expect) {
    let mut out = String::new();
    for wanted in flush.order().circles(&flush.items) {
        let verb = if wanted.verb == Verb::Save { "saved" } else { "deleted" };
        let name = flush.relation_name(wanted.relation);
        writeln!(out, "{name} of {verb} {}", wanted.item.index()).unwrap();
    }
    expected.assert_eq(&out);
}
