//! Papers citizens hold, drawn after the general looks of the real forms; nothing on them is real.

mod desk;

mod cards;

mod passport;

mod status;

mod household;

mod land;

mod schooling;

mod business;

mod insurance;

mod notary;

mod request;

mod drawing;

mod other;

use std::collections::BTreeSet;

use self::desk::Desk;
use super::{
    Paper,
    trap::{self, Trap},
};
use crate::{dice::Dice, face::Family, grammar::World};

/// A kind of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// Type code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// How a paper is made.
#[derive(Debug, Clone)]
pub struct Options {
    /// World its words come from.
    pub world: World,
    /// Difficulties.
    pub traps: BTreeSet<Trap>,
}

const fn holding(code: &'static str, name: &'static str) -> Holding {
    Holding { code, name }
}

/// All kinds.
pub const HOLDINGS: [Holding; 22] = [
    holding("cccd", "Căn cước công dân"),
    holding("cmnd", "Giấy chứng minh nhân dân"),
    holding("the_can_cuoc", "Thẻ căn cước"),
    holding("ho_chieu", "Hộ chiếu"),
    holding("gplx", "Giấy phép lái xe"),
    holding("giay_khai_sinh", "Giấy khai sinh"),
    holding("gcn_ket_hon", "Giấy chứng nhận kết hôn"),
    holding("khai_tu", "Trích lục khai tử"),
    holding(
        "xac_nhan_tinh_trang_hon_nhan",
        "Giấy xác nhận tình trạng hôn nhân",
    ),
    holding("so_ho_khau", "Sổ hộ khẩu"),
    holding("gcn_qsdd", "Giấy chứng nhận quyền sử dụng đất"),
    holding("van_bang", "Văn bằng"),
    holding("chung_chi", "Chứng chỉ"),
    holding("dkkd", "Giấy chứng nhận đăng ký kinh doanh"),
    holding("ly_lich_tu_phap", "Phiếu lý lịch tư pháp"),
    holding("so_bhxh", "Sổ bảo hiểm xã hội"),
    holding("the_bhyt", "Thẻ bảo hiểm y tế"),
    holding("hop_dong_cong_chung", "Hợp đồng công chứng"),
    holding("don_de_nghi", "Đơn đề nghị"),
    holding("phieu_tiep_nhan", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
    holding("ban_ve", "Bản vẽ"),
    holding("khac", "Giấy tờ khác"),
];

/// Writes a paper.
#[must_use]
pub fn write(kind: Holding, options: &Options, family: &Family, dice: &Dice) -> Paper {
    let mut desk = Desk::new(kind, options, family, dice);
    match kind.code {
        "cccd" => cards::citizen_card(&mut desk),
        "cmnd" => cards::old_card(&mut desk),
        "the_can_cuoc" => cards::new_card(&mut desk),
        "gplx" => cards::licence(&mut desk),
        "ho_chieu" => passport::passport(&mut desk),
        "giay_khai_sinh" => status::birth(&mut desk),
        "gcn_ket_hon" => status::marriage(&mut desk),
        "khai_tu" => status::death(&mut desk),
        "xac_nhan_tinh_trang_hon_nhan" => status::single(&mut desk),
        "so_ho_khau" => household::book(&mut desk),
        "gcn_qsdd" => land::certificate(&mut desk),
        "van_bang" => schooling::diploma(&mut desk),
        "chung_chi" => schooling::certificate(&mut desk),
        "dkkd" => business::registration(&mut desk),
        "ly_lich_tu_phap" => business::record(&mut desk),
        "so_bhxh" => insurance::book(&mut desk),
        "the_bhyt" => insurance::card(&mut desk),
        "hop_dong_cong_chung" => notary::contract(&mut desk),
        "don_de_nghi" => request::application(&mut desk),
        "phieu_tiep_nhan" => request::receipt(&mut desk),
        "ban_ve" => drawing::drawing(&mut desk),
        _ => other::other(&mut desk),
    }
    finish(desk, options)
}

/// Stamps that come after the paper was issued, and the truth about what they cover.
fn finish(desk: Desk<'_>, options: &Options) -> Paper {
    let place = desk.issuer.area.clone();
    let (date, receiver) = (desk.date, desk.issuer.name.to_uppercase());
    let (mut paper, mut writer) = desk.close();
    let dice = &mut writer.dice;
    for trap in &options.traps {
        match trap {
            Trap::Certified => {
                let copy = dice.chance(0.7);
                for page in &mut paper.pages {
                    if copy && page.copied.is_none() {
                        page.copied = Some(page.marks.len());
                    }
                }
                let issued = paper.fields.get("issued_date").get(..4).map(str::parse);
                let year = issued.and_then(Result::ok).unwrap_or(date.2);
                trap::certify(&mut paper, &place, year, dice);
            }
            Trap::Secret => trap::secrecy(&mut paper, dice),
            Trap::Stamps => trap::more_stamps(&mut paper, dice),
            Trap::Incoming if paper.fields.kind == "don_de_nghi" => {
                trap::arrive(&mut paper, *trap, &receiver, date, dice);
            }
            _ => {}
        }
    }
    trap::note_covered(&mut paper);
    if options.world == World::B {
        paper.fields.tag("world-b");
    }
    let count = paper.pages.len().to_string();
    paper.fields.put("page_count", count);
    paper
}
