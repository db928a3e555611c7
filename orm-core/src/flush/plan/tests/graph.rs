//! Circles and layers of plain graphs.

use expect_test::{Expect, expect};

use crate::flush::plan::graph::Graph;

/// `a b, c` is an edge and a node.
fn graph(text: &'static str) -> Graph<&'static str> {
    let mut graph = Graph::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once(' ') {
            Some((before, after)) => graph.edge(before, after),
            None => {
                graph.node(part);
            }
        }
    }
    graph
}

fn check_circles(text: &'static str, expected: Expect) {
    let members: Vec<&str> = graph(text).in_circles().into_iter().collect();
    expected.assert_eq(&members.join(" "));
}

fn check_layers(graph: &Graph<&'static str>, keep: impl Fn(&str) -> bool, expected: Expect) {
    let layers = graph.layers(keep, |node| node == "-", |node| node);
    let mut lines: Vec<String> = layers.iter().map(|layer| layer.join(" ")).collect();
    lines.extend(layers.stuck.map(|stuck| format!("stuck: {stuck}")));
    expected.assert_eq(&lines.join(" | "));
}

#[test]
fn circles() {
    check_circles("", expect![[""]]);
    check_circles("a b, a c, b d, c d", expect![[""]]);
    check_circles("a a", expect!["a"]);
    check_circles("a b, b a", expect!["a b"]);
    // What leads into a circle or out of it doesn't stand in it.
    check_circles("in a, a b, b c, c a, c out", expect!["a b c"]);
    // Two circles, one of which leads to the other.
    check_circles("a b, b a, b c, c d, d c, d e", expect!["a b c d"]);
    // A circle within a circle, closed by its last node.
    check_circles("a b, b c, c b, c d, d a, e a", expect!["a b c d"]);
    // Two circles that share a node.
    check_circles("a b, b a, b c, c b, x y", expect!["a b c"]);
    // A cross edge to a component that is done isn't a circle.
    check_circles("a b, c b, c d, d c", expect!["c d"]);
    // The same edge twice.
    check_circles("a b, a b, b c", expect![[""]]);
}

#[test]
fn a_long_path_and_a_long_circle() {
    const LENGTH: usize = 100_000;
    let mut path = Graph::default();
    for node in 1..LENGTH {
        path.edge(node - 1, node);
    }
    assert!(path.in_circles().is_empty());
    let layers = path.layers(|_| true, |_| false, |node| node);
    assert_eq!(layers.iter().count(), LENGTH);
    assert_eq!(layers.stuck, None);
    path.edge(LENGTH - 1, 0);
    assert_eq!(path.in_circles().len(), LENGTH);
    let layers = path.layers(|_| true, |_| false, |node| node);
    assert_eq!((layers.iter().count(), layers.stuck), (0, Some(0)));
}

#[test]
fn layers() {
    check_layers(&graph(""), |_| true, expect![[""]]);
    check_layers(&graph("c, a, b"), |_| true, expect!["a b c"]);
    check_layers(&graph("a c, b c, c d, a d, e"), |_| true, expect!["a b e | c | d"]);
    // Nodes that are left out hold nobody up.
    check_layers(&graph("a b, b c, d"), |node| node != "b", expect!["a c d"]);
    check_layers(&graph("z a, a b, b a, b c, y"), |_| true, expect!["y z | stuck: a"]);
    // Nodes between others have no layer of their own.
    check_layers(&graph("a -, b -, - c, - d, b e, e d"), |_| true, expect!["a b | c e | d"]);
    check_layers(&graph("- c, c d"), |_| true, expect!["c | d"]);
    check_layers(&graph("a -, - a"), |_| true, expect!["stuck: a"]);
}

#[test]
fn edges_can_be_taken_out() {
    let mut graph = graph("a b, b c");
    assert_eq!(graph.take_edges(), [("a", "b"), ("b", "c")]);
    graph.edge("c", "a");
    check_layers(&graph, |_| true, expect!["b c | a"]);
}
