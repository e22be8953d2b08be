//! The pages of a document after what people said of them: which there are, in what order, and where documents begin.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Correction, KeptScan, PageName, PageOp};

/// A page of a document after corrections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedPage {
    /// Its name in corrections.
    pub name: PageName,
    /// Where it comes from.
    pub from: PageOrigin,
    /// Degrees clockwise from the image as stored to upright, when a person said so.
    pub turn: Option<u16>,
}

/// Where a page comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageOrigin {
    /// A page of the source, counted from 0.
    Source(usize),
    /// A scan given by a person.
    Kept(KeptScan),
}

/// The pages of a document of `pages` source pages after `corrections`, in order.
pub fn plan(pages: usize, corrections: &[Correction]) -> Vec<PlannedPage> {
    let slots = slots(pages, corrections);
    slots.into_iter().filter_map(|slot| slot.page).collect()
}

/// The places of all pages after `corrections`, in order, those that were left out among them.
fn slots(pages: usize, corrections: &[Correction]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = (0..pages).map(Slot::of_source).collect();
    let mut scans = 0;
    for correction in corrections {
        if let Change::Order { pages, .. } = &correction.change {
            put_in_order(&mut slots, pages);
        }
        let Some((name, op)) = correction.change.of_page() else {
            continue;
        };
        match op {
            PageOp::InsertAfter { scan } => {
                scans += 1;
                put_in(&mut slots, name, PageName::Scan(scans), scan);
            }
            op => {
                if *op == PageOp::Restore {
                    slots.retain(|slot| slot.after != Some(name));
                }
                if let Some(slot) = slots.iter_mut().find(|slot| slot.name == name) {
                    slot.changed(op);
                }
            }
        }
    }
    slots
}

/// A place for a page: what is left out may come back to it.
#[derive(Clone, Debug)]
struct Slot {
    name: PageName,
    /// The page of the source after which it was put in.
    after: Option<PageName>,
    page: Option<PlannedPage>,
}

impl Slot {
    fn of_source(index: usize) -> Self {
        let number = u32::try_from(index.saturating_add(1)).unwrap_or(u32::MAX);
        let name = PageName::Source(number);
        Self {
            name,
            after: None,
            page: Some(PlannedPage::plain(name, PageOrigin::Source(index))),
        }
    }

    fn changed(&mut self, op: &PageOp) {
        match op {
            PageOp::Drop => self.page = None,
            PageOp::Restore => {
                if let PageName::Source(number) = self.name {
                    let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
                    self.page = Some(PlannedPage::plain(self.name, PageOrigin::Source(index)));
                }
            }
            PageOp::Replace { scan } => {
                let from = PageOrigin::Kept(scan.clone());
                self.page = Some(PlannedPage::plain(self.name, from));
            }
            PageOp::Turn { degrees } => {
                if let Some(page) = &mut self.page {
                    page.turn = Some(*degrees);
                }
            }
            PageOp::InsertAfter { .. } | PageOp::Begin | PageOp::Join => {}
        }
    }
}

impl PlannedPage {
    fn plain(name: PageName, from: PageOrigin) -> Self {
        Self {
            name,
            from,
            turn: None,
        }
    }
}

/// Puts a scan after a page; after those that were put in there before when that is a page of the source.
fn put_in(slots: &mut Vec<Slot>, place: PageName, name: PageName, scan: &KeptScan) {
    let found = slots.iter().position(|slot| slot.name == place);
    let (mut at, root) = match (found, place) {
        (Some(index), PageName::Source(_)) => (index.saturating_add(1), Some(place)),
        (Some(index), PageName::Scan(_)) => {
            let root = slots.get(index).and_then(|slot| slot.after);
            (index.saturating_add(1), root)
        }
        (None, PageName::Source(0)) => (0, Some(place)),
        // There is no such page any more.
        (None, _) => return,
    };
    if matches!(place, PageName::Source(_)) {
        let there = |slot: &Slot| slot.after == Some(place);
        at += slots.iter().skip(at).take_while(|slot| there(slot)).count();
    }
    let slot = Slot {
        name,
        after: root,
        page: Some(PlannedPage::plain(name, PageOrigin::Kept(scan.clone()))),
    };
    slots.insert(at.min(slots.len()), slot);
}

/// Puts these pages into this order, in the places that they have; what is not among them stays.
fn put_in_order(slots: &mut [Slot], pages: &[PageName]) {
    let wanted: BTreeSet<PageName> = pages.iter().copied().collect();
    let taken: Vec<Slot> = pages
        .iter()
        .filter_map(|name| slots.iter().find(|slot| slot.name == *name).cloned())
        .collect();
    let places: Vec<&mut Slot> = slots
        .iter_mut()
        .filter(|slot| wanted.contains(&slot.name))
        .collect();
    // A page that is named twice would push another out.
    if taken.len() != places.len() {
        return;
    }
    for (place, slot) in places.into_iter().zip(taken) {
        *place = slot;
    }
}

/// Where people said that a document begins (`true`) or does not.
pub fn cuts(corrections: &[Correction]) -> BTreeMap<PageName, bool> {
    let (said, mut cuts) = said_and_ordered(corrections);
    cuts.extend(said);
    cuts
}

/// The same by word of a page, and by the order that pages were put into; the first goes before the second.
fn said_and_ordered(
    corrections: &[Correction],
) -> (BTreeMap<PageName, bool>, BTreeMap<PageName, bool>) {
    let mut said = BTreeMap::new();
    let mut ordered = BTreeMap::new();
    for correction in corrections {
        if let Change::Order { pages, begins } = &correction.change {
            for (index, page) in pages.iter().enumerate() {
                said.remove(page);
                if index > 0 || *begins {
                    ordered.insert(*page, index == 0);
                } else {
                    ordered.remove(page);
                }
            }
        }
        match correction.change.of_page() {
            Some((name, PageOp::Begin)) => said.insert(name, true),
            Some((name, PageOp::Join)) => said.insert(name, false),
            // What a page looks like has no say in its place among the others.
            Some((name, PageOp::Restore)) => said.remove(&name),
            _ => None,
        };
    }
    (said, ordered)
}

/// The same as [`cuts`] of a source of `pages` pages: where a page with which a document begins was left out, it begins with the
/// next, unless that was joined to the one before.
pub fn cuts_of(pages: usize, corrections: &[Correction]) -> BTreeMap<PageName, bool> {
    let (said, ordered) = said_and_ordered(corrections);
    let mut cuts = ordered;
    cuts.extend(&said);
    let mut begins = false;
    for slot in slots(pages, corrections) {
        if slot.page.is_none() {
            begins |= cuts.get(&slot.name) == Some(&true);
        } else if std::mem::take(&mut begins) && said.get(&slot.name) != Some(&false) {
            cuts.insert(slot.name, true);
        }
    }
    cuts
}

/// The pages of the source with which a document began that people joined to the one before it.
pub fn joined(corrections: &[Correction]) -> BTreeSet<u32> {
    let mut joined = BTreeSet::new();
    for correction in corrections {
        if let Some((PageName::Source(page), op)) = correction.change.of_page() {
            match op {
                PageOp::Join => joined.insert(page),
                PageOp::Begin | PageOp::Restore => joined.remove(&page),
                _ => false,
            };
        }
    }
    joined
}

/// How many scans were put in so far.
pub fn scans_put_in(corrections: &[Correction]) -> u32 {
    let is_one = |one: &&Correction| {
        let about = one.change.of_page();
        matches!(about, Some((_, PageOp::InsertAfter { .. })))
    };
    u32::try_from(corrections.iter().filter(is_one).count()).unwrap_or(u32::MAX)
}

/// What the pages of a document are made from, as a text that differs when they do; empty without page corrections.
pub fn plan_key(corrections: &[Correction]) -> String {
    let ops: Vec<String> = corrections
        .iter()
        .filter_map(|correction| match &correction.change {
            Change::Page { page, op } => Some(format!("{page}:{op:?}")),
            change if change.is_of_pages() => Some(format!("{change:?}")),
            _ => None,
        })
        .collect();
    ops.join(";")
}

#[cfg(test)]
mod tests {
    use super::super::tests::said_by_lan;
    use super::*;

    fn page(page: u32, op: PageOp) -> Correction {
        said_by_lan(Change::Page { page, op })
    }

    fn scan(file: &str) -> KeptScan {
        KeptScan {
            file: file.into(),
            page: 1,
        }
    }

    #[test]
    fn page_numbers_stay_those_of_the_source_whatever_else_is_said() {
        let corrections = [
            page(1, PageOp::Drop),
            page(3, PageOp::Turn { degrees: 90 }),
            page(3, PageOp::Turn { degrees: 180 }),
            page(
                2,
                PageOp::Replace {
                    scan: scan("b.png"),
                },
            ),
            page(
                0,
                PageOp::InsertAfter {
                    scan: scan("a.png"),
                },
            ),
            page(
                3,
                PageOp::InsertAfter {
                    scan: scan("c.png"),
                },
            ),
            page(9, PageOp::Drop),
        ];
        let planned = plan(3, &corrections);
        let from: Vec<_> = planned.iter().map(|page| page.from.clone()).collect();
        assert_eq!(
            from,
            [
                PageOrigin::Kept(scan("a.png")),
                PageOrigin::Kept(scan("b.png")),
                PageOrigin::Source(2),
                PageOrigin::Kept(scan("c.png")),
            ]
        );
        assert_eq!(planned[2].turn, Some(180));
        let restored = plan(
            3,
            &[
                &corrections[..],
                &[page(3, PageOp::Restore), page(1, PageOp::Restore)],
            ]
            .concat(),
        );
        assert_eq!(restored.len(), 4);
        let third = PlannedPage::plain(PageName::Source(3), PageOrigin::Source(2));
        assert_eq!(restored[3], third);
        assert_ne!(plan_key(&corrections), plan_key(&corrections[..3]));
        assert_eq!(plan_key(&[said_by_lan(Change::Accepted)]), "");
    }

    #[test]
    fn pages_change_places_and_scans_that_were_put_in_go_along() {
        use PageName::{Scan, Source};
        let order = |pages: &[PageName], begins| {
            said_by_lan(Change::Order {
                pages: pages.to_vec(),
                begins,
            })
        };
        let insert = |after: PageName, file: &str| {
            said_by_lan(after.change(PageOp::InsertAfter { scan: scan(file) }))
        };
        let names = |said: &[Correction]| -> Vec<PageName> {
            plan(5, said).into_iter().map(|page| page.name).collect()
        };
        // The third to fifth page are a document of their own.
        let mut said = vec![
            insert(Source(4), "a.png"),
            order(&[Source(5), Source(3), Source(4), Scan(1)], true),
        ];
        let moved = [
            Source(1),
            Source(2),
            Source(5),
            Source(3),
            Source(4),
            Scan(1),
        ];
        assert_eq!(names(&said), moved);
        let at = cuts(&said);
        assert_eq!(
            (at[&Source(5)], at[&Source(3)], at[&Scan(1)]),
            (true, false, false)
        );
        assert!(joined(&said).is_empty());
        // A scan can be turned, followed by another, and left out like any page.
        said.push(insert(Scan(1), "b.png"));
        said.push(said_by_lan(Scan(1).change(PageOp::Turn { degrees: 90 })));
        assert_eq!(names(&said)[5..], [Scan(1), Scan(2)]);
        assert_eq!(plan(5, &said)[5].turn, Some(90));
        said.push(said_by_lan(Scan(1).change(PageOp::Drop)));
        assert_eq!(names(&said)[4..], [Source(4), Scan(2)]);
        // What was put in after a page goes with what was said of it.
        said.push(page(4, PageOp::Restore));
        assert_eq!(
            names(&said),
            [Source(1), Source(2), Source(5), Source(3), Source(4)]
        );
        // The last word holds; what names a page twice, or one that is not there, loses none.
        said.push(order(&[Source(3), Source(4), Source(5)], true));
        assert_eq!(names(&said), (1..=5).map(Source).collect::<Vec<_>>());
        assert!(cuts(&said)[&Source(3)] && !cuts(&said)[&Source(5)]);
        // A document whose first page is left out begins with the next.
        let left = [&said[..], &[page(3, PageOp::Drop)]].concat();
        assert!(cuts_of(5, &left)[&Source(4)] && !cuts_of(5, &said)[&Source(4)]);
        let joined = [&left[..], &[page(4, PageOp::Join)]].concat();
        assert!(!cuts_of(5, &joined)[&Source(4)]);
        said.push(order(&[Source(3), Source(3), Source(4)], true));
        said.push(order(&[Source(4), Source(9), Source(3)], true));
        assert_eq!(
            names(&said),
            [Source(1), Source(2), Source(4), Source(3), Source(5)]
        );
    }
}
