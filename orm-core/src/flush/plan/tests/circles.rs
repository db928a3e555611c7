//! Classes that stand in circles: their objects are ordered one by one.

use expect_test::expect;

use super::{Flush, check_circles, check_plan};
use crate::flush::plan::{ClassPlace, ItemId, Links, Target, Task, Verb};

/// A class that refers to itself, by both sides of a link.
fn tree() -> Flush {
    Flush::default().one_to_many("Node", "children", "Node").many_to_one("Node", "parent", "Node")
}

#[test]
fn a_tree_is_inserted_from_the_root() {
    // 3 is the root of 1 and 2, and 1 that of 0.
    let flush = tree()
        .saves("Node", &[0, 1, 2, 3])
        .link("children", 3, &[1, 2])
        .link("children", 1, &[0])
        .link("parent", 1, &[3])
        .link("parent", 2, &[3])
        .link("parent", 0, &[1]);
    check_circles(
        &flush,
        expect![[r#"
        Node.children of saved 0
        Node.children of saved 1
        Node.children of saved 2
        Node.children of saved 3
        Node.parent of saved 0
        Node.parent of saved 1
        Node.parent of saved 2
        Node.parent of saved 3
    "#]],
    );
    check_plan(
        &flush,
        expect![[r#"
        save Node 3
        process Node.children of saved 3
        process Node.parent of saved 1 2
        save Node 1 2
        process Node.children of saved 1
        process Node.parent of saved 0
        save Node 0
    "#]],
    );
}

#[test]
fn a_tree_is_deleted_from_the_leaves() {
    check_plan(
        &tree()
            .deletes("Node", &[0, 1, 2, 3])
            .link("children", 3, &[1, 2])
            .link("children", 1, &[0])
            .link("parent", 1, &[3])
            .link("parent", 2, &[3])
            .link("parent", 0, &[1])
            .link("parent", 3, &[]),
        expect![[r#"
            process Node.children of deleted 1 3
            process Node.parent of deleted 0 1 2 3
            delete Node 0 2
            delete Node 1
            delete Node 3
        "#]],
    );
}

#[test]
fn saves_of_a_circle_come_before_its_deletions() {
    // 2 moves from 1, which is deleted, to 0, which is new.
    check_plan(
        &tree()
            .saves("Node", &[0, 2])
            .deletes("Node", &[1])
            .link("children", 0, &[2])
            .link("children", 1, &[2])
            .link("parent", 2, &[0, 1])
            .link("parent", 1, &[]),
        expect![[r#"
            process Node.children of deleted 1
            process Node.parent of deleted 1
            save Node 0
            process Node.children of saved 0
            process Node.parent of saved 2
            save Node 2
            delete Node 1
        "#]],
    );
}

#[test]
fn objects_that_are_not_linked_go_together() {
    check_plan(
        &tree().saves("Node", &[0, 1, 2]),
        expect![[r#"
        save Node 0 1 2
    "#]],
    );
}

#[test]
fn an_object_that_is_only_listed_is_ordered_with_those_that_lead_to_it() {
    check_plan(
        &tree().saves("Node", &[0]).lists("Node", &[1]).link("children", 0, &[1]),
        expect![[r#"
            save Node 0
            process Node.children of saved 0
            save Node 1
        "#]],
    );
}

#[test]
fn friends_by_an_association_table() {
    check_plan(
        &Flush::default()
            .many_to_many("Person", "friends", "Person")
            .saves("Person", &[0, 1])
            .deletes("Person", &[2])
            .link("friends", 0, &[1])
            .link("friends", 1, &[0, 2])
            .link("friends", 2, &[1]),
        expect![[r#"
            process Person.friends of deleted 2
            save Person 0 1
            process Person.friends of saved 0 1
            delete Person 2
        "#]],
    );
}

#[test]
fn two_classes_in_a_circle() {
    // Each house has an owner, and each person a house: 0 owns 2, in which 1 lives.
    let flush = Flush::default()
        .many_to_one("House", "owner", "Person")
        .many_to_one("Person", "home", "House")
        .saves("Person", &[0, 1])
        .saves("House", &[2])
        .link("owner", 2, &[0])
        .link("home", 1, &[2])
        .link("home", 0, &[]);
    check_circles(
        &flush,
        expect![[r#"
        House.owner of saved 2
        Person.home of saved 0
        Person.home of saved 1
    "#]],
    );
    check_plan(
        &flush,
        expect![[r#"
        process Person.home of saved 0
        save Person 0
        process House.owner of saved 2
        save House 2
        process Person.home of saved 1
        save Person 1
    "#]],
    );
}

#[test]
fn classes_outside_of_a_circle_are_saved_as_wholes() {
    check_plan(
        &tree()
            .one_to_many("Node", "notes", "Note")
            .many_to_one("Node", "owner", "User")
            .one_to_many("User", "nodes", "Node")
            .saves("Node", &[0, 1])
            .deletes("Node", &[2])
            .saves("Note", &[3, 4])
            .saves("User", &[5])
            .deletes("User", &[6])
            .link("parent", 1, &[0])
            .link("notes", 0, &[3, 4])
            .link("notes", 2, &[])
            .link("owner", 0, &[5]),
        expect![[r#"
            process User.nodes of deleted 6
            save User 5
            process Node.notes of deleted 2
            process User.nodes of saved 5
            process Node.owner of saved 0
            save Node 0
            process Node.parent of saved 1
            process Node.notes of saved 0
            save Note 3 4
            save Node 1
            delete Node 2
            delete User 6
        "#]],
    );
}

#[test]
fn what_refers_to_itself_in_a_circle_is_stuck() {
    // 1 and 2 refer to each other; 3 waits for them; 0 doesn't.
    check_plan(
        &tree()
            .saves("Node", &[0, 1, 2, 3])
            .link("parent", 1, &[2])
            .link("parent", 2, &[1])
            .link("parent", 3, &[2])
            .link("parent", 0, &[]),
        expect![[r#"
            process Node.parent of saved 0
            save Node 0
            stuck: Node
        "#]],
    );
}

#[test]
fn a_circle_over_two_classes_is_stuck_after_all_else() {
    check_plan(
        &Flush::default()
            .many_to_one("House", "owner", "Person")
            .many_to_one("Person", "home", "House")
            .saves("Person", &[0, 1])
            .saves("House", &[2])
            .saves("Street", &[3])
            .link("owner", 2, &[0])
            .link("home", 0, &[2])
            .link("home", 1, &[]),
        expect![[r#"
            save Street 3
            process Person.home of saved 1
            save Person 1
            stuck: 2
        "#]],
    );
}

#[test]
fn two_circles_beside_each_other() {
    check_plan(
        &Flush::default()
            .many_to_one("Folder", "parent", "Folder")
            .many_to_one("Person", "boss", "Person")
            .many_to_one("Folder", "owner", "Person")
            .saves("Folder", &[0, 1])
            .saves("Person", &[2, 3])
            .link("parent", 0, &[1])
            .link("boss", 2, &[3])
            .link("owner", 0, &[2])
            .link("owner", 1, &[3]),
        expect![[r#"
            save Person 3
            process Person.boss of saved 2
            process Folder.owner of saved 1
            save Folder 1
            save Person 2
            process Folder.parent of saved 0
            process Folder.owner of saved 0
            save Folder 0
        "#]],
    );
}

#[test]
fn a_long_chain_of_objects() {
    const LENGTH: usize = 20_000;
    let numbers: Vec<usize> = (0..LENGTH).collect();
    let flush = Flush::default().many_to_one("Node", "parent", "Node").saves("Node", &numbers);
    let order = flush.order();
    let mut links = Links::default();
    for wanted in order.circles(&flush.items) {
        let parent = (wanted.item.index() > 0).then(|| ItemId::at(wanted.item.index() - 1));
        let class = ClassPlace::at(0);
        links.push(wanted, parent.map(|item| Target { class, item, verb: Verb::Save }));
    }
    let plan = order.finish(&flush.items, &links);
    let saved = plan.steps.iter().filter(|step| matches!(step.task, Task::Write { .. }));
    let saved: Vec<usize> = saved.flat_map(|step| step.items.iter().map(|item| item.index())).collect();
    assert_eq!(saved, numbers);
    assert_eq!(plan.stuck, None);
}

#[test]
fn a_foreign_key_of_an_update_of_its_own_asks_for_no_order() {
    let branches = || tree().many_to_one("Node", "next", "Node").post_update();
    check_plan(
        &branches()
            .saves("Node", &[0, 1, 2])
            .link("children", 2, &[0, 1])
            .link("parent", 0, &[2])
            .link("parent", 1, &[2])
            .link("next", 0, &[1])
            .link("next", 1, &[0]),
        expect![[r#"
            save Node 2
            process Node.children of saved 2
            process Node.parent of saved 0 1
            save Node 0 1
            process Node.next of saved 0 1
            post-update Node 0 1 2
        "#]],
    );
    check_plan(
        &branches()
            .deletes("Node", &[0, 1])
            .saves("Node", &[2])
            .link("next", 0, &[1])
            .link("next", 1, &[0])
            .link("next", 2, &[0]),
        expect![[r#"
            process Node.next of deleted 0 1
            save Node 2
            pre-update Node 0 1
            process Node.next of saved 2
            post-update Node 2
            delete Node 0 1
        "#]],
    );
}
