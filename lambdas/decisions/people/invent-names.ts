import { drawOf } from './draw';

export interface Invented {
  readonly name: string;
  readonly email: string;
}

const FAMILIES =
  'Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Song Ryu Hong Jeon Ko Moon Yang Bae Baek Heo Nam Sim Noh Ha Kwak Sung Cha Joo Woo Min Na Jin Um Won Chae'.split(
    ' ',
  );
const GIVEN =
  'Nari Somi Bora Minjun Seojun Doyun Siwoo Jiho Junseo Hajun Jihun Seoyeon Seoyun Jiwoo Hayun Minseo Subin Yuna Chaewon Jimin Sora Haneul Areum Byeol Dasom Garam Hana Iseul Jisoo Kyungho Taeyang Woojin Yejin Eunji Hyunwoo Donghyun Sangmin Inho Kiyoung Mirae Nuri Onyu Raon Saebom Taeri Yeonjae Danbi Gyuri Haru Jaemin'.split(
    ' ',
  );
/** Some go by an English name. */
const ENGLISH =
  'Daniel Grace Kevin Esther Brian Hannah Peter Julia Andrew Claire Eric Joanne Martin Irene Samuel Rachel Simon Yvonne Aaron Stella'.split(
    ' ',
  );
const ENGLISH_ONE_IN = 8;
/** Those whom the contract's examples name. */
const NAMED: Readonly<Record<string, readonly [string, string]>> = {
  'person-lead-1': ['Oh', 'Nari'],
  'person-staff-88': ['Bae', 'Somi'],
};

/** A name for each person; who has the same name has another e-mail address. */
export function inventNames(ids: readonly string[]): ReadonlyMap<string, Invented> {
  const taken = new Map<string, number>();
  return new Map(
    ids.map((id) => {
      const { name, mailbox } = nameOf(id);
      const count = (taken.get(mailbox) ?? 0) + 1;
      taken.set(mailbox, count);
      return [id, { name, email: `${mailbox}${count === 1 ? '' : count}@example.com` }];
    }),
  );
}

function nameOf(id: string): { readonly name: string; readonly mailbox: string } {
  const english = Array.from({ length: ENGLISH_ONE_IN }, (_, index) => index === 0);
  const [family, given] = NAMED[id] ?? [drawOf(FAMILIES, id, 'family'), drawOf(GIVEN, id, 'given')];
  const goesByEnglish = NAMED[id] === undefined && drawOf(english, id, 'english');
  const first = goesByEnglish ? drawOf(ENGLISH, id, 'english name') : given;
  return {
    name: goesByEnglish ? `${first} ${family}` : `${family} ${first}`,
    mailbox: `${first}.${family}`.toLowerCase(),
  };
}
