import type { Domain } from '../model';

interface InBoth {
  readonly en: readonly string[];
  readonly ko: readonly string[];
}

export const VERBS: InBoth = {
  en: [
    'Moved',
    'Replaced',
    'Launched',
    'Postponed',
    'Reviewed',
    'Simplified',
    'Paid for',
    'Stopped',
    'Split',
    'Tested',
  ],
  ko: ['이전', '교체', '출시', '연기', '검토', '단순화', '예산 승인', '중단', '분리', '시범 운영'],
};

/** What past decisions were about. */
export const SUBJECTS: Readonly<Record<Domain, InBoth>> = {
  privacy: {
    en: [
      'consent records',
      'export of personal data',
      'retention of call recordings',
      'anonymous visitor ids',
      'deletion of old accounts',
      'location history',
    ],
    ko: [
      '개인정보 동의 기록',
      '위치정보 보관 기간',
      '탈퇴 회원 자료 삭제',
      '상담 녹취 보관',
      '민감정보 암호화',
      '가명정보 제공',
    ],
  },
  security: {
    en: [
      'single sign-on',
      'rotation of credentials',
      'bug bounty programme',
      'admin console access',
      'encryption of backups',
      'intrusion alerts',
    ],
    ko: ['통합 로그인', '관리자 접근 권한', '취약점 신고 제도', '백업 암호화', '보안 관제', '외부 침투 점검'],
  },
  legal: {
    en: [
      'terms of service',
      'supplier contracts',
      'licence audit',
      'claims handling',
      'labour agreement',
      'regulator report',
    ],
    ko: ['이용약관', '공급사 계약', '라이선스 점검', '분쟁 조정 절차', '근로 계약서', '규제 기관 보고'],
  },
  payments: {
    en: [
      'refund policy',
      'card acquirer',
      'point balances',
      'payout schedule',
      'checkout page',
      'billing of subscriptions',
    ],
    ko: ['환불 정책', '카드 매입사', '포인트 잔액', '정산 주기', '결제 화면', '정기 결제'],
  },
  pricing: {
    en: ['price list', 'volume discounts', 'coupon budget', 'annual plan', 'cost allocation', 'currency surcharge'],
    ko: ['요금표', '대량 구매 할인', '쿠폰 예산', '연간 요금제', '비용 배분', '환율 할증'],
  },
  data: {
    en: [
      'event warehouse',
      'daily sales report',
      'customer segments',
      'data catalogue',
      'forecast model',
      'experiment platform',
    ],
    ko: ['이벤트 저장소', '일별 매출 보고서', '고객 세분화', '데이터 목록', '수요 예측 모델', '실험 플랫폼'],
  },
  infra: {
    en: [
      'message queue',
      'database cluster',
      'second region',
      'deployment pipeline',
      'container registry',
      'monitoring stack',
    ],
    ko: ['메시지 큐', '데이터베이스 클러스터', '두 번째 리전', '배포 파이프라인', '컨테이너 저장소', '모니터링 체계'],
  },
  customer_comms: {
    en: ['outage notices', 'help centre', 'chat hours', 'complaint replies', 'delivery messages', 'survey mails'],
    ko: ['장애 공지', '고객센터 안내문', '상담 시간', '불만 답변 기준', '배송 알림', '만족도 조사'],
  },
  brand: {
    en: ['logo', 'spring campaign', 'sponsorship', 'press kit', 'tone of voice', 'flagship store'],
    ko: ['로고', '봄 캠페인', '후원 계약', '보도 자료', '문체 지침', '대표 매장'],
  },
  growth: {
    en: ['sign-up form', 'referral rewards', 'home screen', 'push notifications', 'free trial', 'search ranking'],
    ko: ['가입 화면', '추천 보상', '홈 화면', '푸시 알림', '무료 체험', '검색 순위'],
  },
};
