// What stands in the posts that the browser looks at.

const PARAGRAPH = "In the old stalls two choirs sit facing each other. One sings a verse; the other answers with the next. Between the two there is a pause, and nobody taught it to me: you learn it as you learn where the step is in a dark stair. ";

/** A post with everything that Markdown can say here. FIGURE is replaced by a picture's address. */
export const RICH = `The first paragraph, with *stress*, a [link](https://example.org/), \`code\` and a footnote[^stair]. ${PARAGRAPH}

## The half verse

> A quotation that goes on for a while, so that it has to break on a narrow screen somewhere.
>
> — Psalm 19, as pointed in 1857

![Two rows of carved oak stalls facing each other](FIGURE "The stalls at noon. The answering choir sits on the left.")

- one
- two
  1. nested
  2. list

- [x] done
- [ ] to do

### Splitting with care

\`\`\`rust
fn main() { println!("a line of code that is much too wide for the screen of a telephone, so it has to scroll by itself, and it does"); }
\`\`\`

| Choir          | Year | Pause (ms) | Verses per minute | Room                |
|----------------|------|-----------:|------------------:|---------------------|
| Solesmes       | 1930 |      1,180 |               7.5 | Abbey church, stone |
| King’s College | 1961 |        640 |               9.0 | Chapel, fan vault   |

https://example.org/an/address/that/is/very/long/and/has/no/place/to/break/because/nobody/thought/of/telephones

## The end

A last paragraph, with a second footnote[^carpet].

[^stair]: The step is always one higher than you think.
[^carpet]: Our carpet absorbs the courtesy too.
`;

/** Paragraphs and nothing else. */
export const WORDS = `${`${PARAGRAPH}\n\n`.repeat(6)}`;

/** Long enough for a table of contents. */
export const LONG = Array.from({ length: 12 }, (_, part) => `## Part ${part + 1}\n\n${`${PARAGRAPH}${PARAGRAPH}\n\n`.repeat(4)}`).join("\n");

export const ARABIC = `في المقاعد القديمة تجلس جوقتان متقابلتان، تنشد الأولى بيتا وتجيب الثانية بالبيت الذي يليه. وبين البيتين وقفة لم يعلمني إياها أحد.

## الوقفة

> السماوات تحدث بمجد الله.

- أولا
- ثانيا

نص فيه كلمة English ورقم 1930 ثم \`code\`.
`;

export const CHINESE = `在古老的唱詩席上，兩個詩班面對面坐著。一班唱一節，另一班以下一節應答。兩者之間有一個停頓，沒有人教過我。

## 停頓

> 諸天述說神的榮耀，穹蒼傳揚他的手段。

這段文字裡有 English 和 1930。
`;
