//! `Graph`: what must come before what, which of it stands in a circle, and in which layers the rest can be done.

use std::hash::Hash;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// Nodes, numbered in the order in which they came, and which of them come before which.
pub(super) struct Graph<N> {
    nodes: IndexSet<N, FxBuildHasher>,
    edges: Vec<Edge>,
}

#[derive(Clone, Copy)]
struct Edge {
    before: usize,
    after: usize,
}

impl<N> Default for Graph<N> {
    fn default() -> Self {
        Graph { nodes: IndexSet::default(), edges: Vec::new() }
    }
}

/// Nodes in layers: each needs only those of earlier layers.
pub(super) struct Layers<N> {
    nodes: Vec<N>,
    /// Where each layer ends in `nodes`.
    ends: Vec<usize>,
    /// The first node that waits for itself, by way of others or of a circle before it.
    pub(super) stuck: Option<N>,
}

impl<N> Layers<N> {
    /// The layers in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[N]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.nodes[start..*end])
    }
}

/// For each node those that come after it, in one list.
struct Followers {
    starts: Vec<usize>,
    all: Vec<usize>,
}

impl Followers {
    fn of(nodes: usize, edges: impl Iterator<Item = Edge> + Clone) -> Self {
        let mut starts = vec![0; nodes + 1];
        for edge in edges.clone() {
            starts[edge.before] += 1;
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        // Filled from behind, so that each start arrives where it belongs.
        let mut all = vec![0; end];
        for edge in edges {
            starts[edge.before] -= 1;
            all[starts[edge.before]] = edge.after;
        }
        Followers { starts, all }
    }

    fn of_node(&self, node: usize) -> &[usize] {
        &self.all[self.starts[node]..self.starts[node + 1]]
    }
}

impl<N: Copy + Eq + Hash> Graph<N> {
    /// Takes a node in, and says its number.
    pub(super) fn node(&mut self, node: N) -> usize {
        self.nodes.insert_full(node).0
    }

    /// Has a node come before another.
    pub(super) fn edge(&mut self, before: N, after: N) {
        let edge = Edge { before: self.node(before), after: self.node(after) };
        self.edges.push(edge);
    }

    /// Takes every edge out.
    pub(super) fn take_edges(&mut self) -> Vec<(N, N)> {
        let edges = std::mem::take(&mut self.edges);
        edges.into_iter().map(|edge| (self.nodes[edge.before], self.nodes[edge.after])).collect()
    }

    /// The nodes that stand in a circle, in their order: those of strongly connected components, found by Tarjan's
    /// algorithm without recursion.
    pub(super) fn in_circles(&self) -> IndexSet<N, FxBuildHasher> {
        const NEW: usize = usize::MAX;
        let count = self.nodes.len();
        let after = Followers::of(count, self.edges.iter().copied());
        let mut circle = vec![false; count];
        for edge in &self.edges {
            circle[edge.before] |= edge.before == edge.after;
        }
        // When each node was found, and the earliest of those on the stack that it leads to.
        let (mut found, mut low) = (vec![NEW; count], vec![0; count]);
        let (mut stack, mut on_stack, mut next) = (Vec::new(), vec![false; count], 0);
        // The nodes on the way from the root, and how many of its followers each has gone to.
        let mut path: Vec<Visit> = Vec::new();
        for root in 0..count {
            if found[root] == NEW {
                path.push(Visit { node: root, gone: 0 });
            }
            while let Some(Visit { node, gone }) = path.last_mut() {
                let at = *node;
                if found[at] == NEW {
                    (found[at], low[at]) = (next, next);
                    next += 1;
                    stack.push(at);
                    on_stack[at] = true;
                }
                if let Some(to) = after.of_node(at).get(*gone) {
                    *gone += 1;
                    if found[*to] == NEW {
                        path.push(Visit { node: *to, gone: 0 });
                    } else if on_stack[*to] {
                        low[at] = low[at].min(found[*to]);
                    }
                    continue;
                }
                path.pop();
                if let Some(parent) = path.last() {
                    low[parent.node] = low[parent.node].min(low[at]);
                }
                if low[at] == found[at] {
                    let from = stack.iter().rposition(|member| *member == at).unwrap_or(0);
                    let is_circle = stack.len() - from > 1;
                    for member in stack.drain(from..) {
                        on_stack[member] = false;
                        circle[member] |= is_circle;
                    }
                }
            }
        }
        self.nodes.iter().zip(circle).filter(|(_, circle)| *circle).map(|(node, _)| *node).collect()
    }

    /// The nodes to keep, in layers; within a layer in the order of their ranks, which must differ. Those that only stand
    /// `between` others are in none: what waits for them comes right after what they wait for.
    pub(super) fn layers<R: Ord>(
        &self,
        keep: impl Fn(N) -> bool,
        between: impl Fn(N) -> bool,
        rank: impl Fn(N) -> R,
    ) -> Layers<N> {
        let count = self.nodes.len();
        let keep: Vec<bool> = self.nodes.iter().map(|node| keep(*node)).collect();
        let edges = || self.edges.iter().copied().filter(|edge| keep[edge.before] && keep[edge.after]);
        let after = Followers::of(count, edges());
        let mut waits = vec![0_usize; count];
        for edge in edges() {
            waits[edge.after] += 1;
        }
        let mut layer: Vec<usize> = (0..count).filter(|at| keep[*at] && waits[*at] == 0).collect();
        let wanted = keep.iter().filter(|keep| **keep).count();
        let mut layers = Layers { nodes: Vec::with_capacity(wanted), ends: Vec::new(), stuck: None };
        let mut passed = 0;
        let mut free = |node: usize, freed: &mut Vec<usize>| {
            for to in after.of_node(node) {
                waits[*to] -= 1;
                if waits[*to] == 0 {
                    freed.push(*to);
                }
            }
        };
        while !layer.is_empty() {
            let mut at = 0;
            while let Some(node) = layer.get(at).copied() {
                if between(self.nodes[node]) {
                    layer.swap_remove(at);
                    passed += 1;
                    free(node, &mut layer);
                } else {
                    at += 1;
                }
            }
            let mut next = Vec::new();
            layer.iter().for_each(|node| free(*node, &mut next));
            let start = layers.nodes.len();
            layers.nodes.extend(layer.iter().map(|at| self.nodes[*at]));
            layers.nodes[start..].sort_unstable_by_key(|node| rank(*node));
            layers.ends.push(layers.nodes.len());
            layer = next;
        }
        if layers.nodes.len() + passed < wanted {
            layers.stuck = (0..count).find(|at| keep[*at] && waits[*at] > 0).map(|at| self.nodes[at]);
        }
        layers
    }
}

/// A node on the way, in Tarjan's algorithm.
struct Visit {
    node: usize,
    gone: usize,
}
