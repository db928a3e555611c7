//! Which file of orm-core uses which: rooms look down, and no files import each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::{files, lines_without_tests, name, none, read};

/// The rooms of `state`, from the lowest. A file uses those of its own room and of lower ones.
const ROOMS: &[&[&str]] = &[&["key"], &["called"], &["memory"], &["read"], &["change"], &["typed"]];

/// What uses an upper room of `state` all the same, and why.
const UPWARDS: &[(&str, &str, &str)] = &[(
    "state/memory/instance.rs",
    "state/read/port.rs",
    "the identity map has to learn that an object is freed while it is dropped",
)];

/// Groups of files that import each other in a circle, sorted, and why they may.
const CIRCLES: &[(&[&str], &str)] = &[
    (
        &["query/leaf.rs", "query/named.rs", "query/option.rs", "query/parts.rs"],
        "an expression may hold a query, and a query holds expressions",
    ),
    (
        &["mapper/class.rs", "mapper/mapping.rs", "mapper/referrers.rs", "mapper/relation.rs"],
        "classes, relationships and their mapping lead to each other",
    ),
    (
        &["session/events.rs", "session/mod.rs"],
        "a session holds what listens to it, which is called with the session",
    ),
    (
        &["sql/stmt/from.rs", "sql/stmt/select.rs", "sql/tree/mod.rs"],
        "an expression may hold a SELECT, and a SELECT holds expressions",
    ),
    (
        &[
            "state/memory/changes.rs",
            "state/memory/collector.rs",
            "state/memory/handle.rs",
            "state/memory/header.rs",
            "state/memory/identity.rs",
            "state/memory/instance.rs",
            "state/memory/items.rs",
            "state/memory/labels.rs",
            "state/memory/links.rs",
            "state/memory/ordered.rs",
            "state/memory/queued.rs",
            "state/memory/rare.rs",
            "state/read/port.rs",
        ],
        "an object holds links, and a link is a handle of an object; a handle that goes asks the collector, which \
         follows links",
    ),
];

/// A word of Rust, or a mark. `::` is one mark.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let at = |place: usize| chars.get(place).copied().unwrap_or('\0');
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c == '/' && at(i + 1) == '/' {
            while i < chars.len() && chars[i] != '\n' {
                i += 1;
            }
        } else if c == '"' {
            i += 1;
            while i < chars.len() && chars[i] != '"' {
                i += 1 + usize::from(chars[i] == '\\');
            }
            i += 1;
        } else if c == '\'' && (at(i + 2) == '\'' || at(i + 1) == '\\') {
            // A character; a lifetime has no second quote there.
            i += 2;
            while i < chars.len() && chars[i] != '\'' {
                i += 1;
            }
            i += 1;
        } else if c.is_alphanumeric() || c == '_' {
            let start = i;
            while at(i).is_alphanumeric() || at(i) == '_' {
                i += 1;
            }
            found.push(chars[start..i].iter().collect());
        } else if c == ':' && at(i + 1) == ':' {
            found.push("::".to_owned());
            i += 2;
        } else {
            if !c.is_whitespace() {
                found.push(c.to_string());
            }
            i += 1;
        }
    }
    found
}

pub(super) type ModPath = Vec<String>;

/// A file of orm-core, as a module.
struct Module {
    name: String,
    tokens: Vec<String>,
    /// What it makes visible under a name of its own: the path that it was imported by.
    imports: BTreeMap<String, ModPath>,
    /// The paths that it names, besides those that it only exports again.
    named: Vec<ModPath>,
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// The paths of a `use`, with the names that they get. `at` is behind the word; what is returned is behind it all.
pub(super) fn use_tree(
    tokens: &[String],
    mut at: usize,
    prefix: &[String],
    out: &mut Vec<(String, ModPath)>,
) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("::") => at += 1,
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token != "}") {
                    at = use_tree(tokens, at, &path, out);
                    at += usize::from(tokens.get(at).is_some_and(|token| token == ","));
                }
                return at + 1;
            }
            Some("as") => {
                out.push((tokens[at + 1].clone(), path));
                return at + 2;
            }
            Some(word) if is_word(word) => {
                // `{self}` names the module itself.
                if word != "self" || path.is_empty() {
                    path.push(word.to_owned());
                }
                at += 1;
            }
            Some("*") => {
                out.push(("*".to_owned(), path));
                return at + 1;
            }
            _ => {
                if let Some(last) = path.last() {
                    out.push((last.clone(), path.clone()));
                }
                return at;
            }
        }
    }
}

/// The files of orm-core by the paths of their modules.
struct Modules(BTreeMap<ModPath, Module>);

impl Modules {
    fn read() -> Self {
        let mut modules = BTreeMap::new();
        for path in files("orm-core/src", ".rs") {
            let name = name(&path).trim_start_matches("orm-core/src/").to_owned();
            let mut place: ModPath = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            if place.iter().any(|part| part == "tests") {
                continue;
            }
            if place.last().is_some_and(|last| last == "mod" || last == "lib") {
                place.pop();
            }
            let text = read(&path);
            let lines: Vec<&str> = text.lines().take(lines_without_tests(&text)).collect();
            let tokens = tokens(&lines.join("\n"));
            modules.insert(place, Module { name, tokens, imports: BTreeMap::new(), named: Vec::new() });
        }
        let mut modules = Modules(modules);
        for place in modules.0.keys().cloned().collect::<Vec<_>>() {
            modules.look_through(&place);
        }
        modules
    }

    /// The path from the root that a path in a module stands for; `None` for one of another crate.
    fn absolute(&self, place: &[String], path: &[String]) -> Option<ModPath> {
        let mut from = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => place.to_vec(),
            first => {
                let mut child = place.to_vec();
                child.push(first.to_owned());
                self.0.contains_key(&child).then_some(child)?
            }
        };
        for part in &path[1..] {
            if path[0] != "super" || part != "super" {
                break;
            }
            from.pop();
        }
        if path[0] == "super" {
            from.pop();
        }
        from.extend(path[1..].iter().filter(|part| *part != "super").cloned());
        Some(from)
    }

    fn look_through(&mut self, place: &[String]) {
        let tokens = &self.0[place].tokens;
        let mut imports = BTreeMap::new();
        let mut named = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let before = at.checked_sub(1).map_or("", |at| tokens[at].as_str());
            if tokens[at] == "use" {
                let mut tree = Vec::new();
                at = use_tree(tokens, at + 1, &[], &mut tree);
                // `pub use` and `pub(..) use` hand on what others name.
                let handed_on = before == "pub" || before == ")";
                for (word, path) in tree {
                    let Some(path) = self.absolute(place, &path) else { continue };
                    if !handed_on {
                        named.push(path.clone());
                    }
                    imports.insert(word, path);
                }
            } else if is_word(&tokens[at]) && before != "::" && before != "$" {
                let mut path = vec![tokens[at].clone()];
                while at + 2 < tokens.len() && tokens[at + 1] == "::" && is_word(&tokens[at + 2]) {
                    path.push(tokens[at + 2].clone());
                    at += 2;
                }
                at += 1;
                // `pub(in crate::flush)` says who may use it, and uses nothing.
                if path.len() > 1 && before != "in" {
                    named.extend(self.absolute(place, &path));
                }
            } else {
                at += 1;
            }
        }
        if let Some(module) = self.0.get_mut(place) {
            module.imports = imports;
            module.named = named;
        }
    }

    /// The file that holds what a path from the root names: a module, or an item, through what others export of it.
    fn holder(&self, path: &[String]) -> &Module {
        let mut path = path.to_vec();
        let mut steps = 0;
        loop {
            steps += 1;
            assert!(steps < 20, "{path:?} leads nowhere");
            let known =
                (0..=path.len()).rev().find(|known| self.0.contains_key(&path[..*known])).unwrap_or(0);
            let module = &self.0[&path[..known]];
            match path.get(known).and_then(|item| module.imports.get(item)) {
                Some(import) if *import != path[..=known] => {
                    let mut further = import.clone();
                    further.extend_from_slice(&path[known + 1..]);
                    path = further;
                }
                _ => return module,
            }
        }
    }

    /// Which file uses which others.
    fn edges(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let uses = self.0.values().map(|module| {
            let others = module.named.iter().map(|path| self.holder(path).name.as_str());
            (module.name.as_str(), others.filter(|other| *other != module.name).collect())
        });
        uses.collect()
    }
}

/// The groups of files that lead to each other.
fn circles<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<BTreeSet<&'a str>> {
    let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for start in edges.keys() {
        let mut seen = BTreeSet::new();
        let mut open = vec![*start];
        while let Some(file) = open.pop() {
            open.extend(edges[file].iter().filter(|other| seen.insert(**other)));
        }
        reach.insert(start, seen);
    }
    let group = |file: &&'a str| -> BTreeSet<&'a str> {
        reach[file].iter().copied().filter(|other| reach[other].contains(file)).collect()
    };
    let groups: BTreeSet<BTreeSet<&str>> = edges.keys().map(group).filter(|group| group.len() > 1).collect();
    groups.into_iter().collect()
}

#[test]
fn rooms_of_state_look_down() {
    let modules = Modules::read();
    let room = |file: &str| {
        let inside = file.strip_prefix("state/")?;
        let room = inside.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        (room != "mod").then(|| (ROOMS.iter().position(|rooms| rooms.contains(&room)), room.to_owned()))
    };
    let (mut problems, mut looked_at, mut upwards) = (Vec::new(), 0, BTreeSet::new());
    for (file, others) in modules.edges() {
        let Some((own, _)) = room(file) else { continue };
        let Some(own) = own else {
            problems.push(format!("{file}: its room isn't listed"));
            continue;
        };
        for other in others {
            let Some((rank, name)) = room(other) else { continue };
            looked_at += 1;
            if UPWARDS.iter().any(|(from, to, _)| (*from, *to) == (file, other)) {
                upwards.insert((file, other));
            } else if rank.is_none_or(|rank| rank > own) {
                problems.push(format!("{file} uses {other}, of the upper room `{name}`"));
            }
        }
    }
    assert!(looked_at > 100, "only {looked_at} uses were found: is the search right?");
    let stale = UPWARDS.iter().filter(|(from, to, _)| !upwards.contains(&(*from, *to)));
    problems.extend(stale.map(|(from, to, _)| format!("{from} no longer uses {to}, but is listed")));
    none(&problems, "a file of `state` uses its own room and lower ones: memory, read, change, typed");
}

#[test]
fn files_import_each_other_in_no_circle() {
    let modules = Modules::read();
    let edges = modules.edges();
    let mut problems = Vec::new();
    assert!(edges.len() > 100, "only {} files were found: is the search right?", edges.len());
    let mut used = BTreeSet::new();
    for circle in circles(&edges) {
        let listed = CIRCLES.iter().position(|(files, _)| circle.iter().eq(*files));
        if let Some(listed) = listed {
            used.insert(listed);
            continue;
        }
        let uses = circle.iter().flat_map(|file| {
            let within = edges[file].intersection(&circle);
            within.map(move |other| format!("\n    {file} -> {other}"))
        });
        problems.push(format!("{} files:{}", circle.len(), uses.collect::<String>()));
    }
    let stale = CIRCLES.iter().enumerate().filter(|(at, _)| !used.contains(at));
    problems.extend(stale.map(|(_, (files, _))| format!("listed, but no circle: {files:?}")));
    none(&problems, "files of orm-core that import each other in a circle are listed with a reason");
}
