"""Korean as upstream MeloTTS normalises it, its faults included: for `strict`.

Facts of myshell-ai/MeloTTS 2091453, `melo/text/korean.py`, and of g2pkk 0.1.2. Where upstream fails, this does not:
- characters that its voices have no symbol for are silent, and a number of 17 digits or more is read digit by digit;
- g2pkk's table of sounds is damaged where ᆰ, ᆲ, ᆳ, ᆵ, ᆹ and ᆻ meet ᄏ, ᄐ and ᄑ (닭튀김 loses its ᄐ), and has ᆫ for ᆷ
  where ᇁ meets ᄅ; here they sound by the rule.
"""

from __future__ import annotations

import re

from edge.text.kr import numbers

_HANJA = re.compile("[⺀-⺙⺛-⻳⼀-⿕々〇〡-〩〸-〺〻㐀-䶵一-鿃豈-鶴侮-頻並-龎]")
_PLUS = {"1+1": "원플러스원", "2+1": "투플러스원"}
LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "에이 비 씨 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 더블유 엑스 와이 "
        "제트".split(),
        strict=True,
    )
)
"""The names of the English letters."""

_ENGLISH = LETTERS | {
    "KOREA": "코리아", "IDOL": "아이돌", "IT": "아이티", "IQ": "아이큐", "UP": "업", "DOWN": "다운", "PC": "피씨",
    "CCTV": "씨씨티비", "SNS": "에스엔에스", "AI": "에이아이", "CEO": "씨이오",
}  # fmt: skip

# Native numerals stand before these, and before every part of this text, as upstream looks for them in it.
_COUNTED = (
    "군데 권 개 그루 닢 대 두 마리 모 모금 뭇 발 발짝 방 번 벌 보루 살 수 술 시 쌈 움큼 정 짝 채 척 첩 축 켤레 톨 통"
)
_AMOUNT = re.compile(r"(\d[\d,]*)([ㄱ-힣]+)/B")
_MOST_DIGITS = 16
_NAMES = ("", "십", "백", "천", "만", "십", "백", "천", "억", "십", "백", "천", "조", "십", "백", "천")


def clean(text: str) -> str:
    """The text that upstream reads, and gives to BERT."""
    text = _HANJA.sub("", text.strip())
    for written, said in _PLUS.items():
        text = text.replace(written, said)
    return re.sub("[A-Za-z]+", lambda match: _ENGLISH.get(match[0], match[0]), text).lower()


def say_numbers(annotated: str) -> str:
    """Numbers before a bound noun, which `/B` stands behind, as numbers; all other digits one by one."""
    said = _AMOUNT.sub(lambda match: _amount(match[1].replace(",", ""), match[2]) + f"{match[2]}/B", annotated)
    return re.sub("[0-9]", lambda match: numbers.digits(match[0]), said)


def _amount(number: str, noun: str) -> str:
    if number == "0" or len(number) > _MOST_DIGITS:
        return numbers.digits(number)
    is_native = noun in _COUNTED
    if is_native and number == "20":
        return "스무"
    said: list[str] = []
    for place, digit in zip(range(len(number) - 1, -1, -1), number, strict=True):
        if digit != "0":
            said.append(_digit(int(digit), place, is_native=is_native))
        elif place % 4 == 0 and "".join(said[-3:]):
            said.append(_NAMES[place])
        else:
            said.append("")
    return "".join(said)


def _digit(digit: int, place: int, *, is_native: bool) -> str:
    """One digit at its place; 일 is not said before what is below 억, not even in 11,0000."""
    if is_native and place < 2:  # noqa: PLR2004 (tens and ones)
        return numbers.native(str(digit * 10**place)) if place == 0 or digit != 2 else "스물"  # noqa: PLR2004
    one = "" if 1 <= place < 8 else "일"  # noqa: PLR2004 (억)
    return (one if digit == 1 else "일이삼사오육칠팔구"[digit - 1]) + _NAMES[place]
