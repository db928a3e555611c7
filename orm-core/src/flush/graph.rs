//! `Graph`: the actions of a flush, which must come before which, and what of it is a circle.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// What is ordered. Numbers are those of classes, of `Work::relations` and of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Action {
    DeleteAll(usize),
    DeleteOne(usize, u32),
    ProcessAll(usize, bool),
    ProcessOne(usize, bool, u32),
    SaveAll(usize),
    SaveOne(usize, u32),
    /// Every save of a class in a circle is done: its deletions may begin.
    Saved(usize),
}

#[derive(Default)]
pub(super) struct Graph {
    pub(super) actions: IndexSet<Action, FxBuildHasher>,
    pub(super) edges: Vec<(usize, usize)>,
}

impl Graph {
    pub(super) fn node(&mut self, action: Action) -> usize {
        self.actions.insert_full(action).0
    }

    pub(super) fn edge(&mut self, before: Action, after: Action) {
        let edge = (self.node(before), self.node(after));
        self.edges.push(edge);
    }

    /// The actions, in layers: each needs only those of earlier layers. Beside them the first that is stuck in
    /// a circle, or behind one.
    pub(super) fn layers(
        &self,
        keep: &[bool],
        rank: impl Fn(Action) -> (u8, String),
    ) -> (Vec<Vec<usize>>, Option<usize>) {
        let count = self.actions.len();
        let (mut waits, mut after) = (vec![0_usize; count], vec![Vec::new(); count]);
        for (before, next) in self.edges.iter().filter(|(a, b)| keep[*a] && keep[*b]) {
            waits[*next] += 1;
            after[*before].push(*next);
        }
        let mut layer: Vec<usize> = (0..count).filter(|at| keep[*at] && waits[*at] == 0).collect();
        let (mut layers, mut done) = (Vec::new(), 0);
        while !layer.is_empty() {
            let mut next = Vec::new();
            for at in &layer {
                for to in &after[*at] {
                    waits[*to] -= 1;
                    if waits[*to] == 0 {
                        next.push(*to);
                    }
                }
            }
            layer.sort_by_cached_key(|at| (rank(self.actions[*at]), self.actions[*at]));
            done += layer.len();
            layers.push(std::mem::replace(&mut layer, next));
        }
        let wanted = keep.iter().filter(|keep| **keep).count();
        let stuck = if done < wanted { (0..count).find(|at| keep[*at] && waits[*at] > 0) } else { None };
        (layers, stuck)
    }

    /// Which actions stand in a circle: those of strongly connected parts, by Tarjan's algorithm without recursion.
    pub(super) fn in_circles(&self) -> Vec<bool> {
        let count = self.actions.len();
        let mut after = vec![Vec::new(); count];
        let mut circle = vec![false; count];
        for (before, next) in &self.edges {
            after[*before].push(*next);
            circle[*before] |= before == next;
        }
        let (mut index, mut low) = (vec![usize::MAX; count], vec![0; count]);
        let (mut stack, mut on_stack, mut next) = (Vec::new(), vec![false; count], 0);
        for root in 0..count {
            let mut path = if index[root] == usize::MAX { vec![(root, 0)] } else { Vec::new() };
            while let Some((at, edge)) = path.pop() {
                if edge == 0 && index[at] == usize::MAX {
                    (index[at], low[at]) = (next, next);
                    next += 1;
                    stack.push(at);
                    on_stack[at] = true;
                }
                match after[at].get(edge) {
                    Some(to) => {
                        path.push((at, edge + 1));
                        if index[*to] == usize::MAX {
                            path.push((*to, 0));
                        } else if on_stack[*to] {
                            low[at] = low[at].min(index[*to]);
                        }
                    }
                    None => {
                        if let Some((parent, _)) = path.last() {
                            low[*parent] = low[*parent].min(low[at]);
                        }
                        if low[at] == index[at] {
                            let from = stack.iter().rposition(|member| *member == at).unwrap_or(0);
                            let part = stack.split_off(from);
                            for member in &part {
                                on_stack[*member] = false;
                                circle[*member] |= part.len() > 1;
                            }
                        }
                    }
                }
            }
        }
        circle
    }
}
