//! The types of administrative, normative and Party papers.

use crate::issuer::Sort;

/// The order a paper belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Decree 30/2020: 29 types.
    State,
    /// Legal normative documents: the year stands in the symbol.
    Normative,
    /// Papers of the Party: number, hyphen, type, slash, body.
    Party,
}

/// A type of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Type code of the record.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its order.
    pub order: Order,
}

impl Kind {
    /// What the command line calls it: the code; normative decisions and resolutions end in `n`, Party papers begin with `Đ:`.
    #[must_use]
    pub fn id(self) -> String {
        match self.order {
            Order::Party => format!("Đ:{}", self.code),
            Order::Normative if matches!(self.code, "QĐ" | "NQ") => format!("{}n", self.code),
            _ => self.code.to_owned(),
        }
    }

    /// The name of its outline and subjects in the grammar.
    #[must_use]
    pub fn list(self) -> String {
        match self.order {
            Order::Normative => self.id(),
            _ => self.code.to_owned(),
        }
    }

    /// Who may issue it.
    #[must_use]
    pub fn sort(self, chance: u32) -> Sort {
        if self.order == Order::Party {
            return Sort::Party;
        }
        match (self.order, self.code) {
            (Order::Normative, "L" | "HP") => Sort::State("Quốc hội"),
            (Order::Normative, "PL") => Sort::State("Ủy ban Thường vụ Quốc hội"),
            (Order::Normative, "LCT") => Sort::State("Chủ tịch nước"),
            (Order::Normative, "NĐ") => Sort::Government,
            (Order::Normative, "TT") => Sort::Ministry,
            (Order::Normative, "TTLT") => Sort::Joint,
            (Order::Normative, "QĐ") if chance < 40 => Sort::Premier,
            (Order::Normative, "QĐ") => Sort::Committee,
            (Order::Normative, _) => Sort::Council,
            (_, "NQ") if chance < 25 => Sort::Government,
            (_, "NQ") => Sort::Council,
            (_, "CĐ") if chance < 40 => Sort::Premier,
            (_, "CĐ") => Sort::Committee,
            (_, "QĐ" | "CT" | "CV" | "TC") if chance < 12 => Sort::Premier,
            (_, "QC" | "QyĐ" | "GNP" | "GGT") => Sort::Any,
            _ => Sort::Any,
        }
    }

    /// Two parties sign it.
    #[must_use]
    pub fn of_two(self) -> bool {
        matches!(self.code, "HĐ" | "BGN" | "BTT" | "GUQ")
    }
}

const fn state(code: &'static str, name: &'static str) -> Kind {
    Kind {
        code,
        name,
        order: Order::State,
    }
}

const fn law(code: &'static str, name: &'static str) -> Kind {
    Kind {
        code,
        name,
        order: Order::Normative,
    }
}

const fn party(code: &'static str, name: &'static str) -> Kind {
    Kind {
        code,
        name,
        order: Order::Party,
    }
}

/// All types: those of article 7 of decree 30/2020, normative ones, and those of the Party.
pub const KINDS: [Kind; 53] = [
    state("NQ", "Nghị quyết"),
    state("QĐ", "Quyết định"),
    state("CT", "Chỉ thị"),
    state("QC", "Quy chế"),
    state("QyĐ", "Quy định"),
    state("TC", "Thông cáo"),
    state("TB", "Thông báo"),
    state("HD", "Hướng dẫn"),
    state("CTr", "Chương trình"),
    state("KH", "Kế hoạch"),
    state("PA", "Phương án"),
    state("ĐA", "Đề án"),
    state("DA", "Dự án"),
    state("BC", "Báo cáo"),
    state("BB", "Biên bản"),
    state("TTr", "Tờ trình"),
    state("HĐ", "Hợp đồng"),
    state("CV", "Công văn"),
    state("CĐ", "Công điện"),
    state("BGN", "Bản ghi nhớ"),
    state("BTT", "Bản thỏa thuận"),
    state("GUQ", "Giấy ủy quyền"),
    state("GM", "Giấy mời"),
    state("GGT", "Giấy giới thiệu"),
    state("GNP", "Giấy nghỉ phép"),
    state("PG", "Phiếu gửi"),
    state("PC", "Phiếu chuyển"),
    state("PB", "Phiếu báo"),
    state("ThC", "Thư công"),
    law("L", "Luật"),
    law("PL", "Pháp lệnh"),
    law("HP", "Hiến pháp"),
    law("LCT", "Lệnh"),
    law("NĐ", "Nghị định"),
    law("TT", "Thông tư"),
    law("TTLT", "Thông tư liên tịch"),
    law("QĐ", "Quyết định"),
    law("NQ", "Nghị quyết"),
    party("NQ", "Nghị quyết"),
    party("QĐ", "Quyết định"),
    party("CT", "Chỉ thị"),
    party("KL", "Kết luận"),
    party("QyĐ", "Quy định"),
    party("TB", "Thông báo"),
    party("HD", "Hướng dẫn"),
    party("BC", "Báo cáo"),
    party("KH", "Kế hoạch"),
    party("CV", "Công văn"),
    party("TTr", "Tờ trình"),
    party("BB", "Biên bản"),
    party("CTr", "Chương trình"),
    party("ĐA", "Đề án"),
    party("PA", "Phương án"),
];
