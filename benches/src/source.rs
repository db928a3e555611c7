//! Source rows, the same for both sides.

/// How many keywords there are.
const KEYWORDS: usize = 100;

/// A user to be.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// Always there.
    pub name: String,
    /// There in two of three rows.
    pub fullname: Option<String>,
    /// There in all but every seventh row.
    pub age: Option<i64>,
}

/// What a run starts from.
pub struct Source {
    /// How large the run is: most workloads touch this many rows.
    pub size: usize,
    /// As many users as the size.
    pub users: Vec<UserRow>,
    /// Five addresses for each of the users.
    pub emails: Vec<String>,
    /// The keys 1 to the size, shuffled.
    pub shuffled: Vec<i64>,
    /// A hundred keywords.
    pub keywords: Vec<String>,
    /// Five different keywords for each of the users, by their places.
    pub links: Vec<usize>,
}

impl Source {
    /// Rows for a run of that size.
    pub fn new(size: usize) -> Self {
        let users = (0..size)
            .map(|at| UserRow {
                name: format!("user number {at}"),
                fullname: (at % 3 != 0).then(|| format!("The Full Name Of {at}")),
                age: (at % 7 != 0).then_some((at % 90) as i64),
            })
            .collect();
        let emails = (0..size * crate::CHILDREN).map(|at| format!("somebody{at}@example.org")).collect();
        let mut shuffled: Vec<i64> = (1..=size as i64).collect();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for at in (1..shuffled.len()).rev() {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            shuffled.swap(at, (state % (at as u64 + 1)) as usize);
        }
        let keywords = (0..KEYWORDS).map(|at| format!("keyword {at}")).collect();
        // 19 and 100 have no common divisor, so that five steps lead to five keywords.
        let link = |at| (at / crate::CHILDREN * 7 + at % crate::CHILDREN * 19) % KEYWORDS;
        let links = (0..size * crate::CHILDREN).map(link).collect();
        Source { size, users, emails, shuffled, keywords, links }
    }

    /// The children of a user.
    pub fn emails_of(&self, user: usize) -> &[String] {
        &self.emails[user * crate::CHILDREN..][..crate::CHILDREN]
    }

    /// The keywords of a user, by their places.
    pub fn links_of(&self, user: usize) -> &[usize] {
        &self.links[user * crate::CHILDREN..][..crate::CHILDREN]
    }

    /// The keys of the first users, each times the keys of its keywords, added up.
    pub fn linked(&self, users: usize) -> i64 {
        (0..users)
            .flat_map(|user| self.links_of(user).iter().map(move |link| (user + 1) * (link + 1)))
            .sum::<usize>() as i64
    }

    /// The ages of the first users, added up.
    pub fn ages(&self, users: usize) -> i64 {
        self.users[..users].iter().filter_map(|user| user.age).sum()
    }
}
